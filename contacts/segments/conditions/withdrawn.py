"""Who withdrew their consent, how and when."""

from collections.abc import Sequence

from contacts.segments.conditions.consent import ANY, last_said, said_lately
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values

_HOW = {
    ANY: "in any way",
    "one-click": "by the button of their mail program",
    "page": "on the page for recipients",
    "provider": "with the provider that carried the mail",
    "import": "by an import",
    "hand": "noted by hand",
}


class Withdrew(Condition):
    key = "withdrew"
    label = "Unsubscribed"
    heading = "Lists and consent"
    missing = "Who never left, or longer ago, is not here. Whoever left a list or everything and came back since is."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [
            Input("channel", "way", options=tuple(_HOW.items())),
            Input("days", "number of days", "days", suffix=" days"),
        ]

    def sql(self, values: Values, known: Known) -> Sql:
        return said_lately("withdrawn", values, known)

    def words(self, values: Values, known: Known) -> str:
        way = "" if values["channel"] == ANY else f" {_HOW[values['channel']]}"
        return f"who unsubscribed{way} in the last {values['days']} days"

    def shown(self, values: Values, known: Known) -> Sql:
        return last_said("withdrawn", otherwise="never")
