"""Who changed which value of a person, from what to what."""

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.models import User
from contacts.models import Contact, Field, ValueChange
from contacts.timeline import Entry, Wanted, latest

OWN = ("email", "first_name", "last_name", "language", "time_zone")
_LABELS = {
    "email": "Address",
    "first_name": "First name",
    "last_name": "Last name",
    "language": "Language",
    "time_zone": "Time zone",
    "tags": "Tags",
}


def values(contact: Contact) -> dict[str, str]:
    """All that can be changed by hand, as text, by its name in the form. Consent has a log of its own."""
    found = {name: str(getattr(contact, name)) for name in OWN}
    for name, value in contact.attributes.items():
        found["tags" if name == "tags" else f"field_{name}"] = _text(value)
    return found


def record(contact: Contact, before: Mapping[str, str], *, by: User | None) -> ValueChange | None:
    """Keep what differs from `before`; None if nothing does."""
    now = values(contact)
    names = [name for name in {**before, **now} if before.get(name, "") != now.get(name, "")]
    if not names:
        return None
    changed = {name: [before.get(name, ""), now.get(name, "")] for name in names}
    return ValueChange.objects.create(contact=contact, values=changed, by=by)


def labels() -> dict[str, str]:
    return _LABELS | {f"field_{field.key}": field.label for field in Field.objects.all()}


def story(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("change"):
        return
    named = labels()
    for change in latest(contact.value_changes.select_related("by"), wanted):
        names = ", ".join(named.get(name, name.removeprefix("field_")) for name in change.values)
        said = "; ".join(f"{before or 'empty'} → {after or 'empty'}" for before, after in change.values.values())
        yield Entry(change.at, "change", f"Changed by {change.by or 'somebody'}: {names}", said)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
