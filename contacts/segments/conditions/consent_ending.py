"""Consent that holds for a time, and ends soon."""

from collections.abc import Sequence

from contacts.reachability import is_open
from contacts.segments.known import Known
from contacts.segments.predicate import Sql
from contacts.segments.registry import Condition, Input, Values

_ANY = "any"


class ConsentEnds(Condition):
    key = "consent-ends"
    label = "Consent ends"
    heading = "Lists and consent"
    missing = "Who agreed without an end, did not agree, or whose consent has ended already is not here."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [
            Input("days", "number of days", "days", suffix=" days"),
            Input(
                "list", "list", options=[(_ANY, "any list"), *((str(key), name) for key, name in known.lists.items())]
            ),
        ]

    def sql(self, values: Values, known: Known) -> Sql:
        parameters: list[object] = [known.now, int(values["days"])]
        there = ""
        if values["list"] != _ANY:
            there = " AND x.list_id = %s"
            parameters.append(int(values["list"]))
        return Sql(
            "c.id IN (SELECT x.contact_id FROM contacts_subscription x"  # noqa: S608
            f" WHERE {is_open('x')} AND x.expires_at <= %s::timestamptz + make_interval(days => %s){there})",
            parameters,
        )

    def words(self, values: Values, known: Known) -> str:
        name = "any list" if values["list"] == _ANY else known.lists.get(int(values["list"]), "a list that is gone")
        return f"whose consent to {name} ends in the next {values['days']} days"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(
            "coalesce((SELECT string_agg(l.name || ': ' || x.expires_at::date, ', ' ORDER BY l.name)"
            " FROM contacts_subscription x JOIN contacts_mailinglist l ON l.id = x.list_id"
            " WHERE x.contact_id = c.id AND x.expires_at IS NOT NULL), '')"
        )
