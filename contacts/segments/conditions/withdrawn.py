"""Who withdrew their consent, how and when."""

from collections.abc import Sequence

from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values

_HOW = {
    "any": "in any way",
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
    missing = "From a list or from everything; whoever came back since is among them."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [
            Input("channel", "way", options=tuple(_HOW.items())),
            Input("days", "number of days", "days", suffix=" days"),
        ]

    def sql(self, values: Values, known: Known) -> Sql:
        channel = "" if values["channel"] == "any" else " AND e.channel = %s"
        return Sql(
            "c.id IN (SELECT e.contact_id FROM contacts_consentevent e WHERE e.kind = 'withdrawn'"  # noqa: S608
            f" AND e.at >= %s::timestamptz - make_interval(days => %s){channel})",
            [known.now, int(values["days"]), *([values["channel"]] if channel else [])],
        )

    def words(self, values: Values, known: Known) -> str:
        way = "" if values["channel"] == "any" else f" {_HOW[values['channel']]}"
        return f"who unsubscribed{way} in the last {values['days']} days"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(
            "coalesce((SELECT e.channel || ' ' || e.at::date::text FROM contacts_consentevent e"
            " WHERE e.contact_id = c.id AND e.kind = 'withdrawn' ORDER BY e.at DESC LIMIT 1), 'never')"
        )
