"""In which hours of the week people click (or open), from the hourly sums of campaigns.

Each campaign weighs the same, whatever its size: of each, the share that fell into an hour is taken, and the cell
shows the mean of those shares. So one large campaign says no more than many small ones. What it cannot take out: most
people click soon after a mail comes, so hours at which nothing is ever sent look worse than they are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.db import connection

from accounts.wording import NOT_YET
from tracking.models import EventKind

SPANS = (90, 365)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST = 200  # campaigns, the latest: looking further back costs more and says no more
LEAST_OF_ONE = 20  # people: of fewer, a share by the hour is an accident
FEWEST_CAMPAIGNS, FEWEST_PEOPLE = 8, 1_000


@dataclass(frozen=True, slots=True)
class Cell:
    day: int  # 0: Monday
    hour: int
    share: float
    people: int
    begun: int  # campaigns that were begun to be sent in this hour
    heat: int  # 0 to 5

    @property
    def words(self) -> str:
        """In per cent, without the sign: a table of 168 of them is read more easily."""
        if not self.share:
            return NOT_YET
        return f"{self.share * 100:.1f}" if self.share >= 0.0005 else "<0.1"


@dataclass(frozen=True, slots=True)
class BestHours:
    campaigns: int
    people: int
    rows: list[list[Cell]]  # an hour of the day each, its cells the days of the week

    @property
    def has_few(self) -> bool:
        return self.campaigns < FEWEST_CAMPAIGNS or self.people < FEWEST_PEOPLE

    @property
    def best(self) -> list[Cell]:
        """The three hours with the largest shares."""
        return sorted((cell for row in self.rows for cell in row if cell.share), key=lambda cell: -cell.share)[:3]


def best_hours(kind: EventKind, days: int, now: datetime, zone: tzinfo) -> BestHours:
    """Of the real campaigns begun in the last `days`; hours are those of `zone`."""
    values: dict[str, Any] = {
        "since": now - timedelta(days=days),
        "kind": int(kind),
        "zone": str(zone),
        "most": MOST,
        "least": LEAST_OF_ONE,
    }
    cells: dict[tuple[int, int], tuple[float, int]] = {}
    begun: dict[tuple[int, int], int] = {}
    campaigns = people = 0
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, values)
        for day, hour, share, clicked, batches in cursor.fetchall():
            if day is None:
                campaigns, people = batches, clicked
            elif share is None:
                begun[(day - 1, hour)] = batches
            else:
                cells[(day - 1, hour)] = (float(share), clicked)
    highest = max((share for share, _ in cells.values()), default=0.0)
    rows = [[_cell(day, hour, cells, begun, highest) for day in range(7)] for hour in range(24)]
    return BestHours(campaigns, people, rows)


def _cell(
    day: int,
    hour: int,
    cells: dict[tuple[int, int], tuple[float, int]],
    begun: dict[tuple[int, int], int],
    highest: float,
) -> Cell:
    share, people = cells.get((day, hour), (0.0, 0))
    heat = min(5, 1 + int(share / highest * 5)) if share else 0
    return Cell(day, hour, share, people, begun.get((day, hour), 0), heat)


# Three kinds of rows: an hour's share and people; an hour's campaigns begun (no share); all of it (no day).
_HOURS = """
WITH recent AS (
    SELECT id, started_at FROM delivery_batch
    WHERE NOT rehearsal AND stream = 'marketing' AND kind = 'closed' AND started_at >= %(since)s
    ORDER BY started_at DESC LIMIT %(most)s
), hourly AS MATERIALIZED (
    SELECT r.batch_id, extract(isodow FROM r.hour AT TIME ZONE %(zone)s)::int AS day,
        extract(hour FROM r.hour AT TIME ZONE %(zone)s)::int AS hour, sum(r.people) AS people
    FROM tracking_rollup r JOIN recent ON recent.id = r.batch_id
    WHERE r.kind = %(kind)s AND r.link_id = 0 AND NOT r.is_machine GROUP BY 1, 2, 3
), whole AS MATERIALIZED (
    SELECT batch_id, sum(people) AS people FROM hourly GROUP BY 1 HAVING sum(people) >= %(least)s
)
SELECT h.day, h.hour, sum(h.people / w.people) / (SELECT count(*) FROM whole), sum(h.people)::bigint, 0
FROM hourly h JOIN whole w ON w.batch_id = h.batch_id WHERE h.people > 0 GROUP BY 1, 2
UNION ALL
SELECT extract(isodow FROM started_at AT TIME ZONE %(zone)s)::int,
    extract(hour FROM started_at AT TIME ZONE %(zone)s)::int, NULL, 0, count(*)
FROM recent JOIN whole ON whole.batch_id = recent.id GROUP BY 1, 2
UNION ALL
SELECT NULL, NULL, NULL, coalesce(sum(people), 0)::bigint, count(*) FROM whole
"""
