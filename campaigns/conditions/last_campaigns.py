"""The last campaigns: who opened, clicked in or got how many of them."""

from collections.abc import Sequence

from campaigns.conditions import sent
from campaigns.conditions.sent import Sent
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values
from contacts.tracking_consent import Part, measured
from delivery.models import MessageState
from tracking.recent.counted import MOST

_OF_LAST = {
    "opened": "opened",
    "clicked": "clicked in",
    "not-opened": "opened none of",
    "not-clicked": "clicked in none of",
    "got": "got",
}
_OPENED, _NONE = ("opened", "not-opened"), ("not-opened", "not-clicked")


class OfTheLast(Condition):
    """Of a person's own last campaigns, read from the bits of their contact; “got” alone asks about ours."""

    key = "recent"
    label = "The last campaigns"
    heading = sent.HEADING
    missing = (
        "Only campaigns that this person got, and that count by person, are looked at. Programs do not count. "
        "Who got fewer, or is not counted, is not among those who did nothing."
    )

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        least = Input("least", "at least so many", "days", suffix=" of the last")
        last = Input("last", "number of campaigns", "days", suffix=" campaigns")
        how = Input("how", "comparison", options=tuple(_OF_LAST.items()))
        return [how, last] if values.get("how") in _NONE else [how, least, last]

    def problem(self, values: Values, known: Known) -> str:
        found = super().problem(values, known)
        if found:
            return "Enter two numbers, such as 3 of the last 5." if "days" in found else found
        if not 0 < int(values["last"]) <= MOST:
            return f"At most the last {MOST} campaigns."
        if values["how"] in _NONE:
            return ""
        return "" if int(values["least"]) <= int(values["last"]) else "That is more than there are."

    def sql(self, values: Values, known: Known) -> Sql:
        how, last = values["how"], int(values["last"])
        if how == "got":
            return _got(int(values["least"]), list(known.more.get(sent.KNOWN, {}).values())[:last])
        column = f"c.recent_{'opened' if how in _OPENED else 'clicked'}"
        bits = (1 << last) - 1
        if how in _NONE:
            part = Part.OPENS if how in _OPENED else Part.CLICKS
            return Sql(f"c.recent_mails >= %s AND {column} & %s = 0 AND {measured(part, 'c')}", [last, bits])
        least = int(values["least"])
        if least <= 1:
            return Sql(f"{column} & %s <> 0" if least else "true", [bits] if least else [])
        # Whoever did nothing at all, most people, is passed over without counting bits.
        return Sql(f"{column} <> 0 AND bit_count(({column} & %s)::bit({MOST})) >= %s", [bits, least])

    def words(self, values: Values, known: Known) -> str:
        how, last = values["how"], values["last"]
        if how == "got":
            return f"who got {values['least']} or more of our last {last} campaigns"
        if how in _NONE:
            return f"who got {last} campaigns or more and {_OF_LAST[how]} the last {last} of them"
        return f"who {_OF_LAST[how]} {values['least']} or more of the last {last} campaigns they got"

    def shown(self, values: Values, known: Known) -> Sql:
        how = values["how"]
        if how == "got":
            inside = self.sql(values, known)
            return Sql(f"CASE WHEN {inside.text} THEN 'so many or more' ELSE 'fewer' END", inside.parameters)
        column = f"c.recent_{'opened' if how in _OPENED else 'clicked'}"
        last = int(values["last"])
        return Sql(
            f"bit_count(({column} & %s)::bit({MOST})) || ' of the last ' || least(c.recent_mails, %s)",
            [(1 << last) - 1, last],
        )


def _got(least: int, latest: Sequence[Sent]) -> Sql:
    ids = [number for _, _, first, last in latest for number in (first, last) if number]
    return Sql(
        "c.id IN (SELECT m.contact_id FROM delivery_message m"  # noqa: S608
        " WHERE m.batch_id = ANY(%s) AND m.id BETWEEN %s AND %s"
        f" AND m.state = {int(MessageState.ACCEPTED)} GROUP BY m.contact_id"
        " HAVING count(DISTINCT m.batch_id) >= %s)",
        [[batch_id for _, batch_id, *_ in latest], min(ids, default=0), max(ids, default=0), least],
    )
