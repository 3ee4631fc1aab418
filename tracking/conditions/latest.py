"""What the conditions about the latest moment share: read from contacts' own columns, never from events.

The columns hold what people did, not programs, and nothing of rehearsals; they follow within about a minute.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values, turned

_HEADING = "What they got and did"
_DAYS = Input("days", "number of days", "days", suffix=" days")


class Latest(Condition):
    """By the moment something happened last."""

    heading = _HEADING
    column: ClassVar[str]
    did: ClassVar[str]  # “clicked a link”
    did_not: ClassVar[str]  # “did not click”

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        options = (
            ("last", f"{self.did} in the last …"),
            ("not-last", f"{self.did_not} in the last …"),
            ("ever", f"{self.did} at any time"),
            ("never", f"never {self.did}"),
        )
        how = Input("how", "comparison", options=options)
        return [how, _DAYS] if values.get("how", "last") in ("last", "not-last") else [how]

    def sql(self, values: Values, known: Known) -> Sql:
        column = f"c.{self.column}"
        match values["how"]:
            case "ever":
                return Sql(f"{column} IS NOT NULL")
            case "never":
                return Sql(f"{column} IS NULL")
        since = known.now - timedelta(days=int(values["days"]))
        if values["how"] == "last":
            return Sql(f"{column} >= %s", [since])
        return Sql(f"{column} IS NULL OR {column} < %s", [since])

    def opposite(self, values: Values) -> Values | None:
        return turned(values, ("last", "not-last"), ("ever", "never"))

    def words(self, values: Values, known: Known) -> str:
        match values["how"]:
            case "ever":
                return f"who ever {self.did}"
            case "never":
                return f"who never {self.did}"
        did = self.did if values["how"] == "last" else self.did_not
        return f"who {did} in the last {values['days']} days"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(
            f"coalesce(to_char(c.{self.column} AT TIME ZONE %s, 'YYYY-MM-DD HH24:MI'), 'never')", [str(known.zone)]
        )
