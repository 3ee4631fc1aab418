"""A segment's condition: who reached a goal."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from contacts.segments.known import Known
from contacts.segments.predicate import NOBODY, Sql, negated
from contacts.segments.registry import Condition, Input, Values
from tracking.conversions.models import Goal

_GOALS = "goals"
_HOW = {
    "last": "reached in the last …",
    "ever": "reached at any time",
    "never": "never reached",
}


class ReachedGoal(Condition):
    key = "goal"
    label = "Conversion"
    heading = "What they got and did"
    missing = "Who was not counted, because of no consent, has reached nothing here."

    def known(self) -> Mapping[str, Any]:
        return {_GOALS: {str(key): name for key, name in Goal.objects.values_list("pk", "name")}}

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        asked = [
            Input("goal", "goal", options=tuple(known.more.get(_GOALS, {}).items())),
            Input("how", "comparison", options=tuple(_HOW.items())),
        ]
        if values.get("how", "last") == "last":
            asked.append(Input("days", "number of days", "days", suffix=" days"))
        return asked

    def sql(self, values: Values, known: Known) -> Sql:
        if values["goal"] not in known.more.get(_GOALS, {}):
            return NOBODY
        since = known.now - timedelta(days=int(values["days"])) if values["how"] == "last" else None
        reached = Sql(
            "c.id IN (SELECT o.contact_id FROM tracking_conversion o JOIN delivery_batch b ON b.id = o.batch_id"
            " WHERE o.goal_id = %s AND NOT b.rehearsal AND NOT o.is_taken_back AND o.contact_id IS NOT NULL"
            " AND o.at >= coalesce(%s, '-infinity'::timestamptz))",
            [int(values["goal"]), since],
        )
        return negated(reached) if values["how"] == "never" else reached

    def words(self, values: Values, known: Known) -> str:
        name = known.more.get(_GOALS, {}).get(values["goal"], "a goal that is gone")
        match values["how"]:
            case "ever":
                return f"who ever reached “{name}”"
            case "never":
                return f"who never reached “{name}”"
        return f"who reached “{name}” in the last {values['days']} days"

    def shown(self, values: Values, known: Known) -> Sql:
        goal = int(values["goal"]) if values["goal"] in known.more.get(_GOALS, {}) else 0
        return Sql(
            "coalesce((SELECT to_char(max(o.at) AT TIME ZONE %s, 'YYYY-MM-DD HH24:MI') FROM tracking_conversion o"
            " JOIN delivery_batch b ON b.id = o.batch_id AND NOT b.rehearsal"
            " WHERE o.goal_id = %s AND o.contact_id = c.id AND NOT o.is_taken_back), 'never')",
            [str(known.zone), goal],
        )
