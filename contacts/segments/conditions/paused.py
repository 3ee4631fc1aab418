"""Who wants no mail for a while."""

from collections.abc import Sequence

from contacts.reachability import is_paused
from contacts.segments.known import Known
from contacts.segments.predicate import Sql, negated
from contacts.segments.registry import Condition, Input, Values, turned

_HOW = {"now": "who paused their mail", "not": "who have not paused their mail"}


class Paused(Condition):
    key = "paused"
    label = "Pause"
    heading = "Lists and consent"
    missing = "Who never paused their mail, or whose pause is over, has not paused it."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [Input("how", "comparison", options=tuple(_HOW.items()))]

    def sql(self, values: Values, known: Known) -> Sql:
        # Looked up by the index of the few who ever paused.
        some = f"p.paused_until IS NOT NULL AND {is_paused('p')}"
        found = Sql(f"c.id IN (SELECT p.id FROM contacts_contact p WHERE {some})")  # noqa: S608
        return negated(found) if values["how"] == "not" else found

    def opposite(self, values: Values) -> Values | None:
        return turned(values, ("now", "not"))

    def words(self, values: Values, known: Known) -> str:
        return _HOW[values["how"]]

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(f"CASE WHEN {is_paused('c')} THEN 'until ' || c.paused_until::date ELSE 'no' END")
