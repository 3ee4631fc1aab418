"""Whether mail may go there at all, and why not."""

from collections.abc import Sequence

from contacts.segments.known import Known
from contacts.segments.predicate import Sql, negated
from contacts.segments.registry import Condition, Input, Values, turned

_HOW = {
    "any": "suppressed, for whatever reason",
    "hard_bounce": "whose address does not exist",
    "soft_bounce": "out of reach for weeks",
    "complaint": "who marked a mail as spam",
    "unsubscribed": "who left everything",
    "manual": "suppressed by hand",
    "one_list": "suppressed for one list only",
    "held": "on hold until somebody looks at what came back of their mail",
    "none": "not suppressed",
}


class Suppressed(Condition):
    key = "suppressed"
    label = "Bounces, complaints and other reasons not to write"
    heading = "Lists and consent"
    missing = "Who is suppressed for one list only counts as not suppressed."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [Input("how", "reason", options=tuple(_HOW.items()))]

    def sql(self, values: Values, known: Known) -> Sql:
        how = values["how"]
        if how == "one_list":
            return Sql("lower(c.email) IN (SELECT k.email FROM contacts_listsuppression k)", [])
        chosen = [] if how in ("any", "none") else [how]
        where = "WHERE s.reason = %s" if chosen else ""
        found = Sql(f"lower(c.email) IN (SELECT s.email FROM contacts_suppression s {where})", chosen)  # noqa: S608
        return negated(found) if how == "none" else found

    def opposite(self, values: Values) -> Values | None:
        return turned(values, ("any", "none"))

    def words(self, values: Values, known: Known) -> str:
        return _HOW[values["how"]]

    def shown(self, values: Values, known: Known) -> Sql:
        if values["how"] == "one_list":
            return Sql(_LISTS)
        return Sql("coalesce((SELECT s.reason FROM contacts_suppression s WHERE s.email = lower(c.email)), '')")


_LISTS = (
    "coalesce((SELECT string_agg(l.name, ', ' ORDER BY l.name) FROM contacts_listsuppression k"
    " JOIN contacts_mailinglist l ON l.id = k.list_id WHERE k.email = lower(c.email)), '')"
)
