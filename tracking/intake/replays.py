"""One address asked for again and again: stored up to a bound, so that a loop on one token fills no disk.

How often a message was asked for lately this process knows itself: what is stored of it is looked up only where that
could matter, which is almost nowhere. A process that begins anew may store some more.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

from django.db.backends.utils import CursorWrapper

from tracking.intake.arrays import array

MOST_STORED = 50  # of one message, kind, link and verdict human or machine
_FEW = MOST_STORED // 2  # acts of a message since this process began to count: not looked up yet
_MESSAGES_COUNTED = 100_000


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


_lately: Counter[int] = Counter()  # acts by message


def within_bound(cursor: CursorWrapper, events: Sequence[Event]) -> Iterable[Event]:
    """In their order, as many of each as may still be stored. Two intakes at once may store some more."""
    asked = Counter([event.mail.id for event in events])
    if len(_lately) > _MESSAGES_COUNTED:
        _lately.clear()
    _lately.update(asked)
    many = [message_id for message_id in asked if _lately[message_id] > _FEW]
    return _bounded(cursor, events, asked, many) if many else events


def _bounded(
    cursor: CursorWrapper, events: Sequence[Event], asked: Mapping[int, int], many: Sequence[int]
) -> Iterator[Event]:
    stored = _stored(cursor, many)
    counts = Counter({message_id: asked[message_id] for message_id in many})
    for (message_id, *_), count in stored.items():
        counts[message_id] += count
    for event in events:
        if counts[event.mail.id] > MOST_STORED:  # of all kinds together: few mails, of which each kind is looked at
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
