"""Conversions in a person's story."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.wording import money
from contacts.models import Contact
from contacts.timeline import Entry, Wanted, latest
from tracking import titles
from tracking.conversions.models import Conversion


def entries(contact: Contact, wanted: Wanted) -> Iterable[Entry]:
    if not wanted.wants("conversion"):
        return
    found = list(latest(Conversion.objects.filter(contact_id=contact.pk).select_related("goal"), wanted))
    named = titles.titles(row.batch_id for row in found)
    for row in found:
        worth = money(row.worth, row.currency) if row.worth is not None and row.currency else ""
        detail = " · ".join(filter(None, [worth, row.order]))
        title = f"{row.goal}, after {named[row.batch_id].text}"
        yield Entry(row.at, "conversion", title, detail, reverse("message", args=[row.message_id]))
