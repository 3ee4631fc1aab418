"""How and when somebody agreed."""

from collections.abc import Sequence

from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values

CHANNELS = {
    "import": "by an import",
    "hand": "entered by hand",
    "page": "by a page for recipients",
    "form": "by a sign-up form",
    "setup": "when this was set up",
}
ANY = "any"


class Agreed(Condition):
    key = "consent"
    label = "Consent"
    heading = "Lists and consent"
    missing = "Who never agreed, or longer ago, is not here. Whoever agreed and left since is."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [
            Input("channel", "way", options=[(ANY, "in any way"), *CHANNELS.items()]),
            Input("days", "number of days", "days", suffix=" days"),
        ]

    def sql(self, values: Values, known: Known) -> Sql:
        return said_lately("given", values, known)

    def words(self, values: Values, known: Known) -> str:
        way = CHANNELS.get(values["channel"], "in any way")
        return f"who agreed {way} in the last {values['days']} days"

    def shown(self, values: Values, known: Known) -> Sql:
        return last_said("given", otherwise="")


def said_lately(kind: str, values: Values, known: Known) -> Sql:
    """Of a kind of consent event, by the `channel` (or any) and within the `days` of a row."""
    channel = "" if values["channel"] == ANY else " AND e.channel = %s"
    return Sql(
        f"c.id IN (SELECT e.contact_id FROM contacts_consentevent e WHERE e.kind = '{kind}'"  # noqa: S608
        f" AND e.at >= %s::timestamptz - make_interval(days => %s){channel})",
        [known.now, int(values["days"]), *([values["channel"]] if channel else [])],
    )


def last_said(kind: str, *, otherwise: str) -> Sql:
    """A text: how and when they did last."""
    return Sql(
        "coalesce((SELECT e.channel || ' ' || e.at::date::text FROM contacts_consentevent e"  # noqa: S608
        f" WHERE e.contact_id = c.id AND e.kind = '{kind}' ORDER BY e.at DESC LIMIT 1), '{otherwise}')"
    )
