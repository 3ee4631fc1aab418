"""What changes of many people did to one of them, read from what their Undo keeps: as long as they can be undone."""

from collections.abc import Iterator
from datetime import datetime

from contacts.bulk.actions import EVERY
from contacts.bulk.models import BulkSlice
from contacts.models import Contact
from contacts.timeline import Entry, Wanted


def story(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    """Without what says who may be written to: that has entries of its own."""
    if not wanted.wants("change"):
        return
    told = [name for name, action in EVERY.items() if not action.is_consent]
    pieces = BulkSlice.objects.filter(contact_ids__contains=[contact.pk], was__isnull=False, change__action__in=told)
    found = [piece for piece in pieces.select_related("change__created_by") if contact.pk in (piece.was or {})["ids"]]
    for piece in found:
        at = datetime.fromisoformat((piece.was or {})["at"])
        if wanted.until is None or at <= wanted.until:
            change = piece.change
            title = f"{EVERY[change.action].words(change.options)}, by {change.created_by or 'somebody'}"
            undone = " Undone since." if piece.is_undone else ""
            yield Entry(at, "change", title, f"With {change.changed - 1:,} others.{undone}", change.get_absolute_url())
