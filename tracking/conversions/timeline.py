"""Conversions in a person's story."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.wording import money
from contacts.models import Contact
from contacts.timeline import Entry
from tracking import titles
from tracking.conversions.models import Conversion


def entries(contact: Contact) -> Iterable[Entry]:
    found = list(Conversion.objects.filter(contact_id=contact.pk).select_related("goal").order_by("-at")[:200])
    named = titles.titles(row.batch_id for row in found)
    for row in found:
        worth = money(row.worth, row.currency) if row.worth is not None and row.currency else ""
        detail = " · ".join(filter(None, [worth, row.order]))
        title = f"{row.goal}, after {named[row.batch_id].text}"
        yield Entry(row.at, "click", title, detail, reverse("message", args=[row.message_id]))
