"""Whether somebody wants no mail for a while."""

from collections.abc import Sequence

from contacts.reachability import is_paused
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values

_HOW = {"on": "who paused their mail", "off": "who have not paused their mail"}


class OnPause(Condition):
    key = "pause"
    label = "A pause"
    heading = "Lists and consent"

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [Input("how", "state", options=(("on", "is paused by themselves"), ("off", "is not paused")))]

    def sql(self, values: Values, known: Known) -> Sql:
        return Sql(is_paused("c") if values["how"] == "on" else f"NOT {is_paused('c')}")

    def words(self, values: Values, known: Known) -> str:
        return _HOW[values["how"]]

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql("coalesce('until ' || c.paused_until::date::text, '')")
