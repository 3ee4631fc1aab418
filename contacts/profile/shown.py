"""A person's values as their page shows them."""

from dataclasses import dataclass

from contacts import fields, tracking_consent
from contacts.models import Contact, Field, TrackingConsent


@dataclass(frozen=True, slots=True)
class Value:
    name: str  # of its control in contacts.forms
    label: str
    text: str  # empty: not known
    kind: str = "text"
    note: str = ""
    tags: tuple[str, ...] = ()


def values(contact: Contact) -> list[Value]:
    """All that can be changed by hand, whether it is known or not."""
    found = [
        Value("email", "Address", contact.email),
        Value("first_name", "First name", contact.first_name),
        Value("last_name", "Last name", contact.last_name),
    ]
    found += [
        Value(f"field_{own.key}", own.label, fields.as_text(contact.attributes.get(own.key)), own.kind)
        for own in Field.objects.all()
    ]
    carried = contact.attributes.get("tags") or ()
    found.append(Value("tags", "Tags", "", "tags", tags=tuple(map(str, carried))))
    found.append(Value("language", "Language", contact.language))
    found.append(Value("time_zone", "Time zone", contact.time_zone))
    return [*found, *_counting(contact)]


def _counting(contact: Contact) -> list[Value]:
    rules = tracking_consent.rules()
    found = []
    for part, column, counts in (
        ("opens", "open_consent", rules.unknown_opens),
        ("clicks", "click_consent", rules.unknown_clicks),
    ):
        is_unknown = getattr(contact, column) == TrackingConsent.UNKNOWN
        note = f"({'counted' if counts else 'not counted'}, as Settings say)" if is_unknown else ""
        text = str(TrackingConsent(getattr(contact, column)).label)
        found.append(Value(column, f"Counting {part}", text, note=note))
    return found
