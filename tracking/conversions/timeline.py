"""Conversions in a person's story."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.wording import money
from contacts.models import Contact
from contacts.timeline import Entry, Wanted, latest
from delivery import titles
from tracking.conversions.models import Conversion


def entries(contact: Contact, wanted: Wanted) -> Iterable[Entry]:
    if not wanted.wants("conversion"):
        return
    found = list(latest(Conversion.objects.filter(contact_id=contact.pk).select_related("goal"), wanted))
    named = titles.titles(row.batch_id for row in found)
    for row in found:
        worth = money(row.worth, row.currency) if row.worth is not None and row.currency else ""
        title = f"{row.goal}, after {named[row.batch_id].text}"
        address = reverse("message", args=[row.message_id])
        yield Entry(row.at, "conversion", title, worth, address, beside=(row.order,))
        if row.refunded_at and (wanted.until is None or row.refunded_at <= wanted.until):
            back = "" if row.is_taken_back and row.refunded == row.worth else money(row.refunded, row.currency)
            said = f"{row.goal} taken back" if row.is_taken_back else f"{row.goal} refunded in part"
            yield Entry(row.refunded_at, "conversion", said, back, address, beside=(row.order,))
