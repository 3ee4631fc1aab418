"""What a file itself says of how somebody agreed or left, quoted with the names of its columns: when, from where, why.

It is the proof that the other system kept (GDPR art. 7(1)). It is quoted and not read, so that nothing is lost by a
format of dates that nobody foresaw.
"""

from collections.abc import Sequence

from contacts.importing.plan import AGREED, LEFT, Plan, Status
from contacts.importing.reading.cells import clean

LONGEST = 400  # with the words of the whole file it stands in 500
_LONGEST_CELL = 120


def quoted_names(plan: Plan, header: Sequence[str]) -> list[str]:
    """The columns that are quoted beside whoever agreed."""
    return [name for _, name in _columns(plan, header, AGREED)]


class Quoting:
    """Compiled once for a file, called for each of its records."""

    def __init__(self, plan: Plan, header: Sequence[str]) -> None:
        self._agreed, self._left = (_columns(plan, header, which) for which in (AGREED, LEFT))

    def __call__(self, cells: Sequence[str], status: int) -> str:
        """Empty where the record says nothing of it."""
        wanted = self._left if status >= Status.HELD else self._agreed
        found = [f"{name}: {text[:_LONGEST_CELL]}" for index, name in wanted if (text := clean(cells[index]))]
        return "; ".join(found)[:LONGEST]


def _columns(plan: Plan, header: Sequence[str], targets: Sequence[str]) -> list[tuple[int, str]]:
    """In the order of `targets`."""
    return [
        (index, header[index][:60] if index < len(header) else f"Column {index + 1}")
        for target in targets
        for index, column in enumerate(plan.columns)
        if column.target == target
    ]
