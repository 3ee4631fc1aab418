"""What becomes of what two people agreed to, before they are merged."""

from collections.abc import Iterator
from dataclasses import dataclass

from contacts import addresses
from contacts.merging import deciding
from contacts.merging.deciding import Place
from contacts.models import Contact, Subscription, Suppression, TrackingConsent
from contacts.suppression import vacated
from contacts.tags import KEY

_NOT_THERE = "–"
_OTHERS = (Suppression.Reason.UNSUBSCRIBED, Suppression.Reason.COMPLAINT, Suppression.Reason.MANUAL)


@dataclass(frozen=True, slots=True)
class Becoming:
    label: str
    texts: tuple[str, str]
    becomes: str
    is_less: bool = False  # one of the two gets less mail than before


def lists(one: Contact, other: Contact) -> Iterator[Becoming]:
    """The same whichever address stays, but for one that waits for its confirmation: that is said of `one`."""
    places = [{row.list_id: row for row in each.subscriptions.select_related("list")} for each in (one, other)]
    for list_id in {**places[0], **places[1]}:
        first, second = (each.get(list_id) for each in places)
        place = deciding.placed(_place(first), _place(second))
        row = first or second
        states = _words(first), _words(second)
        words = Subscription.State(place.state).label
        is_less = "Subscribed" in states and words != "Subscribed"
        yield Becoming(row.list.name if row else "", states, words, is_less)


def against(one: Contact, other: Contact) -> list[str]:
    """Why nothing will be sent to the person, whichever address stays."""
    keys = [addresses.key(each.email) for each in (one, other)]
    found = Suppression.objects.filter(email__in=keys, reason__in=_OTHERS).exclude(source__in=vacated.SOURCES)
    return [f"{row.get_reason_display()}, as {row.email}" for row in found]


def further(one: Contact, other: Contact) -> Iterator[Becoming]:
    for label, column in (("Counting opens", "open_consent"), ("Counting clicks", "click_consent")):
        first, second = getattr(one, column), getattr(other, column)
        stricter = deciding.stricter(first, second)
        yield Becoming(label, (_label(first), _label(second)), _label(stricter), first != second)
    carried = deciding.united(one, other, {})["attributes"].get(KEY)
    if carried:
        yield Becoming("Tags", (_tags(one), _tags(other)), ", ".join(carried))


def _tags(contact: Contact) -> str:
    found = contact.attributes.get(KEY)
    return ", ".join(map(str, found)) if isinstance(found, list) and found else _NOT_THERE


def _label(state: str) -> str:
    return str(TrackingConsent(state).label)


def _place(row: Subscription | None) -> Place | None:
    return Place(row.state, row.is_express, row.expires_at) if row else None


def _words(row: Subscription | None) -> str:
    if row is None:
        return _NOT_THERE
    return "Consent ended" if row.is_expired else str(row.get_state_display())
