"""One address asked for again and again: stored up to a bound, so that a loop on one token fills no disk."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from django.db.backends.utils import CursorWrapper

from tracking.intake.arrays import array

MOST_STORED = 50  # of one message, kind, link and verdict human or machine


class Mailed(Protocol):
    @property
    def id(self) -> int: ...


class Happened(Protocol):
    @property
    def mail(self) -> Mailed: ...
    @property
    def kind(self) -> int: ...
    @property
    def link_id(self) -> int: ...
    @property
    def is_machine(self) -> bool: ...


Event = TypeVar("Event", bound=Happened)
_Key = tuple[int, int, int, bool]


def within_bound(cursor: CursorWrapper, events: Sequence[Event]) -> Iterator[Event]:
    """In their order, as many of each as may still be stored. Two intakes at once may store some more."""
    asked = Counter(event.mail.id for event in events)
    stored = _stored(cursor, asked)
    for (message_id, *_), count in stored.items():
        asked[message_id] += count
    for event in events:
        if asked[event.mail.id] > MOST_STORED:  # of all kinds together: few mails, of which each kind is looked at
            key = (event.mail.id, int(event.kind), event.link_id, event.is_machine)
            stored[key] += 1
            if stored[key] > MOST_STORED:
                continue
        yield event


def _stored(cursor: CursorWrapper, messages: Iterable[int]) -> Counter[_Key]:
    cursor.execute(
        "SELECT message_id, kind, link_id, is_machine, count(*) FROM tracking_event"
        " WHERE message_id = ANY(%s::bigint[]) GROUP BY 1, 2, 3, 4",
        [array(messages)],
    )
    return Counter({(message, kind, link, is_machine): count for message, kind, link, is_machine, count in cursor})
