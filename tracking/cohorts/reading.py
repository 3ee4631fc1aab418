"""The table of cohorts: a row for each month of sign-up, a column for each month since. Read from sums alone."""

from dataclasses import dataclass
from datetime import date

from tracking.cohorts.models import Cohort

ROWS = 24
FEWEST = 20  # people: of fewer a share says little


@dataclass(frozen=True, slots=True)
class Cell:
    """`month` is the calendar month; nobody mailed in it leaves the cell empty, which is not the same as nought."""

    month: date
    mailed: int
    clicked: int

    @property
    def share(self) -> float | None:
        return self.clicked / self.mailed if self.mailed else None

    @property
    def has_few(self) -> bool:
        return 0 < self.mailed < FEWEST

    @property
    def heat(self) -> int:
        """0 to 5, for the cell's shade: a fifth clicked, or more, is the darkest. Cells of few people have none."""
        return 0 if self.has_few or not self.share else min(5, 1 + int(self.share * 20))


@dataclass(frozen=True, slots=True)
class Row:
    """Cells from the month of joining on; None: that month is still to come."""

    joined: date
    cells: list[Cell | None]


def cohorts(today: date) -> list[Row]:
    """The last two years of sign-ups, the latest first; as many columns as the oldest of them has months."""
    this_month = today.replace(day=1)
    earliest = _later(this_month, 1 - ROWS)
    known = {(row.joined, row.month): row for row in Cohort.objects.filter(joined__gte=earliest)}
    if not known:
        return []
    width = _months(min(joined for joined, _ in known), this_month) + 1
    joined_months = sorted({joined for joined, _ in known}, reverse=True)
    return [_row(joined, width, this_month, known) for joined in joined_months]


def _row(joined: date, width: int, this_month: date, known: dict[tuple[date, date], Cohort]) -> Row:
    months = [_later(joined, since) for since in range(width)]
    return Row(joined, [_cell(month, known.get((joined, month))) if month <= this_month else None for month in months])


def _cell(month: date, row: Cohort | None) -> Cell:
    return Cell(month, row.mailed, row.clicked) if row else Cell(month, 0, 0)


def _later(month: date, by: int) -> date:
    months = month.year * 12 + month.month - 1 + by
    return date(months // 12, months % 12 + 1, 1)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month
