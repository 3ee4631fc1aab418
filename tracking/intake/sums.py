"""First times and rolled-up sums: what makes a report cost the same at any number of events."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from django.db.backends.utils import CursorWrapper

from tracking.intake import hourly as organisation_sums
from tracking.intake.arrays import array
from tracking.intake.traits import BY, NONE, Traits
from tracking.models import Breakdown

_LANE, _CHANNEL, _VERDICT = Breakdown.By.LANE.value, Breakdown.By.CHANNEL.value, Breakdown.By.VERDICT.value
_LANGUAGE = Breakdown.By.LANGUAGE.value

# What sums are told of an act: batch, hour, kind, link, machine, lane, language, channel, verdict, traits. Acts that
# are alike in all of it, as most are, become one of these before anything else is done with them.
_Told = tuple[int, datetime, int, int, bool, str, str, str, str, Traits]
_Hourly = tuple[int, datetime, int, int, bool]  # batch, hour, kind, link, machine
_Broken = tuple[int, int, str, str, bool]  # batch, kind, by, value, machine


class Mailed(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def batch_id(self) -> int: ...
    @property
    def lane(self) -> str: ...
    @property
    def language(self) -> str: ...


class Sums:
    """Changes to rollups and breakdowns, gathered, then written in one order so that two intakes never deadlock."""

    def __init__(self) -> None:
        self._totals: Counter[_Told] = Counter()
        self._people: Counter[_Told] = Counter()

    def add_event(
        self,
        mail: Mailed,
        at: datetime,
        kind: int,
        link_id: int,
        is_machine: bool,
        channel: str = "",
        verdict: str = "",
        by: int = 1,
        traits: Traits = NONE,
    ) -> None:
        told = _told(mail, at, kind, link_id, is_machine, channel, verdict, traits)
        self._totals[told] += by

    def add_anonymous(self, batch_id: int, at: datetime, kind: int, link_id: int, is_machine: bool) -> None:
        """Counted, and of nobody: neither a person nor anybody's mailbox."""
        self._totals[batch_id, _hour(at), int(kind), link_id, is_machine, "", "", "", "", NONE] += 1

    def add_person(
        self,
        mail: Mailed,
        at: datetime,
        kind: int,
        link_id: int,
        is_machine: bool,
        channel: str = "",
        verdict: str = "",
        by: int = 1,
        traits: Traits = NONE,
    ) -> None:
        """`link_id` 0: the first of its kind at all; only that one counts in the breakdowns, `traits` being its own."""
        told = _told(mail, at, kind, link_id, is_machine, channel, verdict, traits)
        self._people[told] += by

    def write(self, cursor: CursorWrapper) -> None:
        hourly: dict[_Hourly, list[int]] = defaultdict(lambda: [0, 0])
        broken: dict[_Broken, list[int]] = defaultdict(lambda: [0, 0])
        for told, count in self._totals.items():
            for link in {0, told[3]}:
                hourly[*told[:3], link, told[4]][0] += count
            for each in _broken(told):
                broken[each][0] += count
        for told, count in self._people.items():
            hourly[told[:5]][1] += count
            for each in _broken(told) if told[3] == 0 else ():
                broken[each][1] += count
        if hourly:
            columns = _columns(hourly)
            cursor.execute(_ADD_HOURLY, columns)
            organisation_sums.add(cursor, columns)
        if broken:
            cursor.execute(_ADD_BROKEN, _columns(broken))


def _told(
    mail: Mailed, at: datetime, kind: int, link_id: int, is_machine: bool, channel: str, verdict: str, traits: Traits
) -> _Told:
    of_mail = (mail.lane, mail.language)
    return (mail.batch_id, _hour(at), int(kind), link_id, is_machine, *of_mail, channel, verdict, traits)


@lru_cache(1024)
def _hour_of(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def _hour(at: datetime) -> datetime:
    """The same object for all acts of an hour: it is hashed and compared for each of them."""
    return _hour_of(at.year, at.month, at.day, at.hour)


def _broken(told: _Told) -> Iterable[_Broken]:
    batch_id, _, kind, _, is_machine, lane, language, channel, verdict, traits = told
    for by, value in ((_LANE, lane), (_LANGUAGE, language), (_CHANNEL, channel), (_VERDICT, verdict)):
        if value:
            yield (batch_id, kind, by, value, is_machine)
    for by, value in zip(BY, traits, strict=True) if not is_machine else ():
        if value:
            yield (batch_id, kind, by, value, False)


def _columns(sums: Mapping[Any, list[int]]) -> list[list[Any]]:
    """Keys in order, each followed by its total and its people."""
    return [list(column) for column in zip(*((*key, *sums[key]) for key in sorted(sums)), strict=True)]


_ADD_HOURLY = """
INSERT INTO tracking_rollup AS r (batch_id, hour, kind, link_id, is_machine, total, people)
SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::smallint[], %s::bigint[], %s::boolean[], %s::bigint[],
                     %s::bigint[])
ON CONFLICT (batch_id, hour, kind, link_id, is_machine)
DO UPDATE SET total = r.total + excluded.total, people = r.people + excluded.people
"""

_ADD_BROKEN = """
INSERT INTO tracking_breakdown AS b (batch_id, kind, by, value, is_machine, total, people)
SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::text[], %s::boolean[], %s::bigint[], %s::bigint[])
ON CONFLICT (batch_id, kind, by, value, is_machine)
DO UPDATE SET total = b.total + excluded.total, people = b.people + excluded.people
"""

_FIRST = """
INSERT INTO tracking_engagement (message_id, batch_id, kind, link_id, is_machine, first_at)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[], %s::bigint[], %s::boolean[], %s::timestamptz[])
ON CONFLICT (message_id, kind, link_id, is_machine) DO NOTHING
RETURNING message_id, kind, link_id, is_machine
"""

First = tuple[int, int, int, bool]  # message, kind, link, machine


def insert_engagement(
    cursor: CursorWrapper, mails: Mapping[int, Mailed], first: Mapping[First, datetime]
) -> list[tuple[int, int, int, bool, datetime]]:
    """The rows that were not there before."""
    rows = [(key[0], mails[key[0]].batch_id, *key[1:], first[key]) for key in sorted(first)]
    if not rows:
        return []
    cursor.execute(_FIRST, [array(column) for column in zip(*rows, strict=True)])
    return [(*row, first[row]) for row in cursor.fetchall()]
