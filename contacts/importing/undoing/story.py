"""What imports overwrote of one person, read from what their Undo keeps: as long as they can be undone."""

from collections.abc import Iterator
from typing import Any

from contacts import fields, tags
from contacts.importing.plan import Mode
from contacts.importing.undoing.recording import TEXTS
from contacts.models import Contact, ImportOverwritten
from contacts.profile import changing
from contacts.timeline import Entry, Wanted, latest


def story(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("change"):
        return
    rows = ImportOverwritten.objects.filter(contact_id=contact.pk).select_related("slice__job__created_by")
    named = changing.labels()
    for row in latest(rows, wanted, by="slice__at"):
        changed = dict(_changed(row))
        if changed:
            job = row.slice.job
            names = ", ".join(named.get(name, name.removeprefix("field_")) for name in changed)
            said = "; ".join(f"{before or 'empty'} → {after}" for before, after in changed.values())
            title = f"Changed by the import of {job.file_name}, by {job.created_by or 'somebody'}: {names}"
            yield Entry(row.slice.at, "change", title, said, job.get_absolute_url())


def _changed(row: ImportOverwritten) -> Iterator[tuple[str, tuple[str, str]]]:
    """By the value's name in contacts.forms: before and after, as text."""
    for name in TEXTS:
        if getattr(row, name) is not None:
            yield name, (getattr(row, f"was_{name}") or "", getattr(row, name))
    before: dict[str, Any] = row.was_attributes or {}
    for key, value in (row.attributes or {}).items():
        was = before.get(key)
        if key == tags.KEY:
            fresh = [tag for tag in value if tag not in (was or [])] if isinstance(value, list) else []
            if fresh:
                yield "tags", ("", ", ".join(map(str, fresh)))
        elif was != value and (row.slice.mode == Mode.OVERWRITE or key not in before):
            yield f"field_{key}", (fields.as_text(was), fields.as_text(value))
