"""First times and rolled-up sums: what makes a report cost the same at any number of events."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from django.db.backends.utils import CursorWrapper

from tracking.intake import hourly as organisation_sums
from tracking.intake.arrays import array
from tracking.intake.traits import BY, NONE, Traits
from tracking.models import Breakdown

_TOTAL, _PEOPLE = 0, 1
_Hourly = tuple[int, datetime, int, int, bool]  # batch, hour, kind, link, machine
_Broken = tuple[int, int, str, str, bool]  # batch, kind, by, value, machine
_Told = tuple[int, int, Traits]  # batch, kind, what people's acts tell of them


class Mailed(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def batch_id(self) -> int: ...
    @property
    def lane(self) -> str: ...


class Sums:
    """Changes to rollups and breakdowns, gathered, then written in one order so that two intakes never deadlock."""

    def __init__(self) -> None:
        self._hourly: tuple[Counter[_Hourly], Counter[_Hourly]] = (Counter(), Counter())
        self._broken: tuple[Counter[_Broken], Counter[_Broken]] = (Counter(), Counter())
        self._told: tuple[Counter[_Told], Counter[_Told]] = (Counter(), Counter())

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
        for link in {0, link_id}:
            self._hourly[_TOTAL][_hourly(mail, at, kind, link, is_machine)] += by
        self._break_down(_TOTAL, mail, kind, is_machine, channel, verdict, by, traits)

    def add_anonymous(self, batch_id: int, at: datetime, kind: int, link_id: int, is_machine: bool) -> None:
        """Counted, and of nobody: neither a person nor anybody's mailbox."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        for link in {0, link_id}:
            self._hourly[_TOTAL][(batch_id, hour, int(kind), link, is_machine)] += 1

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
        self._hourly[_PEOPLE][_hourly(mail, at, kind, link_id, is_machine)] += by
        if link_id == 0:
            self._break_down(_PEOPLE, mail, kind, is_machine, channel, verdict, by, traits)

    def write(self, cursor: CursorWrapper) -> None:
        totals, people = self._hourly
        hourly = [(*key, totals[key], people[key]) for key in sorted(totals.keys() | people.keys())]
        if hourly:
            columns = [list(column) for column in zip(*hourly, strict=True)]
            cursor.execute(_ADD_HOURLY, columns)
            organisation_sums.add(cursor, columns)
        self._break_down_told()
        broken_totals, broken_people = self._broken
        keys = sorted(broken_totals.keys() | broken_people.keys())
        if keys:
            rows = [(*key, broken_totals[key], broken_people[key]) for key in keys]
            cursor.execute(_ADD_BROKEN, [list(column) for column in zip(*rows, strict=True)])

    def _break_down(
        self, of: int, mail: Mailed, kind: int, is_machine: bool, channel: str, verdict: str, by: int, traits: Traits
    ) -> None:
        for broken in _broken(mail, kind, is_machine, channel, verdict):
            self._broken[of][broken] += by
        if traits is not NONE and not is_machine:
            self._told[of][mail.batch_id, int(kind), traits] += by

    def _break_down_told(self) -> None:
        for told, broken in zip(self._told, self._broken, strict=True):
            for (batch_id, kind, traits), count in told.items():
                for by, value in zip(BY, traits, strict=True):
                    if value:
                        broken[batch_id, kind, by, value, False] += count
            told.clear()


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


def _hourly(mail: Mailed, at: datetime, kind: int, link_id: int, is_machine: bool) -> _Hourly:
    return (mail.batch_id, at.replace(minute=0, second=0, microsecond=0), int(kind), link_id, is_machine)


def _broken(mail: Mailed, kind: int, is_machine: bool, channel: str, verdict: str) -> Iterable[_Broken]:
    yield (mail.batch_id, int(kind), Breakdown.By.LANE.value, mail.lane, is_machine)
    if channel:
        yield (mail.batch_id, int(kind), Breakdown.By.CHANNEL.value, channel, is_machine)
    if verdict:
        yield (mail.batch_id, int(kind), Breakdown.By.VERDICT.value, verdict, is_machine)
