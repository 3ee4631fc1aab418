"""A share of people drawn by lot, the same ones each time it is asked."""

from collections.abc import Sequence

from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values

_DRAWS = tuple((letter, f"draw {letter}") for letter in "ABCDE")
# PostgreSQL's own for the partitions of hashed tables: it never changes.
_LOT = "mod(mod(hashint8extended(c.id, %s), 100) + 100, 100)"


class RandomShare(Condition):
    key = "random"
    label = "A random share"
    missing = "Nobody is missing: everybody has a lot, and whoever comes later gets one."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [
            Input("percent", "share in percent", "number", suffix=" %"),
            Input("draw", "draw", options=_DRAWS),
        ]

    def problem(self, values: Values, known: Known) -> str:
        found = super().problem(values, known)
        return found or (
            "" if 0 < float(values["percent"]) <= 100 else "A share is more than 0 and at most 100 percent."
        )

    def sql(self, values: Values, known: Known) -> Sql:
        return Sql(f"{_LOT} < %s", [self._seed(values), float(values["percent"])])

    def words(self, values: Values, known: Known) -> str:
        return f"in a random {values['percent']}\N{NO-BREAK SPACE}% (draw {values['draw']})"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(f"'lot ' || {_LOT} || ' of 0 to 99'", [self._seed(values)])

    def _seed(self, values: Values) -> int:
        return ord(values["draw"][:1])
