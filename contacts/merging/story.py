"""Merges in a person's story."""

from collections.abc import Iterator

from contacts.models import Contact
from contacts.timeline import Entry, Wanted, latest


def story(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("change"):
        return
    for merge in latest(contact.merges.select_related("by"), wanted):
        title = f"Merged with {merge.email}, by {merge.by or 'somebody'}"
        yield Entry(merge.at, "change", title, "What was known of that contact is in this story too.")
