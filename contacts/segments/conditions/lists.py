"""Lists, and how somebody stands on them."""

from collections.abc import Sequence

from contacts.reachability import is_open, is_subscribed
from contacts.segments.known import Known
from contacts.segments.predicate import Sql, negated
from contacts.segments.registry import Condition, Input, Values, turned

_HOW = {
    "subscribed": "subscribed to",
    "open": "subscribed, with consent that holds, to",
    "ended": "subscribed, with consent that has ended, to",
    "unsubscribed": "unsubscribed from",
    "unconfirmed": "who did not confirm",
    "on": "on, in whatever state,",
    "off": "never on",
}
_ANY = "any"


class OnList(Condition):
    key = "list"
    label = "A list"
    heading = "Lists and consent"
    missing = "Who was never on a list is in “never on” alone."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        lists = [(_ANY, "any list"), *((str(key), name) for key, name in known.lists.items())]
        return [
            Input("how", "state", options=tuple(_HOW.items())),
            Input("list", "list", options=lists),
        ]

    def sql(self, values: Values, known: Known) -> Sql:
        where = ["x.contact_id = c.id"]
        parameters: list[int | str] = []
        if values["list"] != _ANY:
            where.append("x.list_id = %s")
            parameters.append(int(values["list"]))
        if values["how"] == "open":
            where.append(is_open("x"))
        elif values["how"] == "ended":
            where.append(f"{is_subscribed('x')} AND x.expires_at <= now()")
        elif values["how"] not in ("on", "off"):
            where.append("x.state = %s")
            parameters.append(values["how"])
        found = Sql(f"EXISTS (SELECT 1 FROM contacts_subscription x WHERE {' AND '.join(where)})", parameters)  # noqa: S608
        return negated(found) if values["how"] == "off" else found

    def opposite(self, values: Values) -> Values | None:
        return turned(values, ("on", "off"))

    def words(self, values: Values, known: Known) -> str:
        name = "any list" if values["list"] == _ANY else known.lists.get(int(values["list"]), "a list that is gone")
        return f"{_HOW[values['how']]} {name}"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(
            "coalesce((SELECT string_agg(l.name || ': ' || x.state, ', ' ORDER BY l.name) FROM contacts_subscription x"
            " JOIN contacts_mailinglist l ON l.id = x.list_id WHERE x.contact_id = c.id), '')"
        )
