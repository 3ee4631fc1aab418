"""A segment's condition: whose mail failed in how many campaigns in a row, before they are given up for it."""

from collections.abc import Sequence
from datetime import datetime

from contacts.segments.known import Known
from contacts.segments.predicate import Sql, negated
from contacts.segments.registry import Condition, Input, Values, turned
from delivery.policy.soft_bounces import BOUNCES_WITHIN, Failing

_HOW = (("failed", "failed in a row at least …"), ("not-failed", "did not fail in a row …"))
_TIMES = tuple((str(n), "once" if n == 1 else f"{n} times") for n in range(1, 11))
# Rows are forgotten when the next mail fails. What was read or got through since then counts now: a mail that was
# accepted so long ago that a bounce of it would be here.
_COUNT = """
count(DISTINCT f.campaign) FILTER (WHERE f.at > coalesce(greatest(k.last_opened_at, k.last_clicked_at), '-infinity'))
* (NOT coalesce(k.last_sent_at > max(f.at) AND k.last_sent_at <= %s, false))::int
"""
_WHO = f"""c.id IN (
    SELECT k.id FROM delivery_failure f JOIN contacts_contact k ON lower(k.email) = f.email
    GROUP BY k.id HAVING {_COUNT} >= %s
)"""  # noqa: S608
_HOW_OFTEN = f"""coalesce((
    SELECT {_COUNT} FROM delivery_failure f JOIN contacts_contact k ON lower(k.email) = f.email
    WHERE k.id = c.id GROUP BY k.id
), 0) || ' in a row'"""  # noqa: S608


class FailedInARow(Condition):
    key = "failed-in-a-row"
    label = "Mail that failed in a row"
    heading = "What they got and did"
    missing = "Who got no mail did not fail. Who was given up for it is among the suppressed: out of reach for weeks."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [Input("how", "comparison", options=_HOW), Input("times", "number of times", options=_TIMES)]

    def sql(self, values: Values, known: Known) -> Sql:
        found = Sql(_WHO, [_accepted_before(known), int(values["times"])])
        return found if values["how"] == "failed" else negated(found)

    def opposite(self, values: Values) -> Values | None:
        return turned(values, ("failed", "not-failed"))

    def words(self, values: Values, known: Known) -> str:
        at_least = f"at least {dict(_TIMES)[values['times']]} in a row"
        if values["how"] == "failed":
            return f"whose mail failed {at_least}"
        return f"whose mail did not fail {at_least}"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(_HOW_OFTEN, [_accepted_before(known)])


def _accepted_before(known: Known) -> datetime:
    return known.now - BOUNCES_WITHIN[Failing.SOFT]
