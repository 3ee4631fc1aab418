"""What the one person will be: the safest of what is known of the two. Pure, but for the models' constants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contacts import tags
from contacts.models import Contact, Subscription, TrackingConsent

State = Subscription.State
VALUES = ("first_name", "last_name", "language", "time_zone")
_STRICTEST = (TrackingConsent.REFUSED, TrackingConsent.UNKNOWN, TrackingConsent.GIVEN)


@dataclass(frozen=True, slots=True)
class Place:
    """On one list."""

    state: str
    is_express: bool
    expires_at: datetime | None


def placed(kept: Place | None, gone: Place | None) -> Place:
    """Whoever left stays away. An address that has not confirmed yet is not confirmed by the other one; consent that
    was given for good outlasts one that ends, and of two that end the later one counts."""
    if kept is None or gone is None:
        found = kept or gone
        assert found is not None, "on the list, one of the two"  # noqa: S101
        return found
    if State.UNSUBSCRIBED in (kept.state, gone.state):
        return Place(State.UNSUBSCRIBED, kept.is_express or gone.is_express, None)
    if kept.state != State.SUBSCRIBED or gone.state != State.SUBSCRIBED:
        return kept
    ends = [each.expires_at for each in (kept, gone) if each.expires_at]
    return Place(State.SUBSCRIBED, kept.is_express or gone.is_express, max(ends) if len(ends) == 2 else None)


def stricter(one: str, other: str) -> str:
    return min((TrackingConsent(one), TrackingConsent(other)), key=_STRICTEST.index)


def longer(one: datetime | None, other: datetime | None) -> datetime | None:
    """Of two pauses, or of two times at which something last happened."""
    return max((each for each in (one, other) if each), default=None)


def names(one: Contact, other: Contact) -> list[str]:
    """Values of which one is to be chosen where they differ: own columns, then attributes, but for tags."""
    keys = [key for key in {**one.attributes, **other.attributes} if key != tags.KEY]
    return [*VALUES, *(f"field_{key}" for key in keys)]


def value(contact: Contact, name: str) -> Any:
    """None or "": not known."""
    return contact.attributes.get(name[6:]) if name.startswith("field_") else getattr(contact, name)


def preferred(one: Contact, other: Contact, name: str) -> Contact:
    """Who is known there; of two, whose page changed last."""
    first, second = value(one, name), value(other, name)
    if (first in (None, "")) != (second in (None, "")):
        return other if first in (None, "") else one
    return one if one.updated_at >= other.updated_at else other


def united(kept: Contact, gone: Contact, chosen: Mapping[str, int]) -> dict[str, Any]:
    """Columns of the kept contact. `chosen`: by the value's name whose it is; what is not named is decided here."""
    both = {kept.pk: kept, gone.pk: gone}
    picked = {name: both.get(chosen.get(name, 0)) or preferred(kept, gone, name) for name in names(kept, gone)}
    attributes = {name[6:]: value(whose, name) for name, whose in picked.items() if name.startswith("field_")}
    attributes = {key: found for key, found in attributes.items() if found is not None}
    if carried := _tags(kept, gone):
        attributes[tags.KEY] = carried
    return {name: value(picked[name], name) for name in VALUES} | {
        "attributes": attributes,
        "open_consent": stricter(kept.open_consent, gone.open_consent),
        "click_consent": stricter(kept.click_consent, gone.click_consent),
        "paused_until": longer(kept.paused_until, gone.paused_until),
        "created_at": min(kept.created_at, gone.created_at),
        "last_sent_at": longer(kept.last_sent_at, gone.last_sent_at),
        "last_opened_at": longer(kept.last_opened_at, gone.last_opened_at),
        "last_clicked_at": longer(kept.last_clicked_at, gone.last_clicked_at),
        **_guessed(kept, gone, "language"),
        **_guessed(kept, gone, "time_zone"),
    }


def _tags(kept: Contact, gone: Contact) -> list[str]:
    found = [each.attributes.get(tags.KEY) for each in (kept, gone)]
    carried = [str(tag) for some in found if isinstance(some, list) for tag in some]
    return list(dict.fromkeys(carried))[: tags.MOST]


def _guessed(kept: Contact, gone: Contact, name: str) -> dict[str, str]:
    whose = kept if getattr(kept, f"guessed_{name}") else gone
    return {each: getattr(whose, each) for each in (f"guessed_{name}", f"guessed_{name}_from")}
