"""Whether somebody agreed that opens or clicks of theirs are counted."""

from collections.abc import Sequence

from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values

_PARTS = {"opens": ("open_consent", "opens"), "clicks": ("click_consent", "clicks")}
_STATES = {"given": "agreed", "refused": "refused", "unknown": "was not asked or did not answer"}


class AgreedToCounting(Condition):
    key = "tracking-consent"
    label = "Consent to being counted"
    heading = "Lists and consent"
    missing = "Whoever was not asked, or did not answer, neither agreed nor refused."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [
            Input("part", "what is counted", options=[(key, words) for key, (_, words) in _PARTS.items()]),
            Input("state", "answer", options=tuple(_STATES.items())),
        ]

    def sql(self, values: Values, known: Known) -> Sql:
        return Sql(f"c.{_PARTS[values['part']][0]} = %s", [values["state"]])

    def words(self, values: Values, known: Known) -> str:
        part = _PARTS[values["part"]][1]
        if values["state"] == "unknown":
            return f"who did not say whether {part} of theirs may be counted"
        return f"who {_STATES[values['state']]} that {part} of theirs are counted"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(f"c.{_PARTS[values['part']][0]}")
