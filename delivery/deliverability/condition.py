"""A segment's condition: whose servers somebody's mail goes to."""

from collections.abc import Sequence

from accounts.wording import listed
from contacts.segments.known import Known
from contacts.segments.predicate import Sql, joined
from contacts.segments.registry import Condition, Input, Values
from delivery.deliverability.figures import LANES
from delivery.policy import mailbox_providers

_LANE = Sql(*mailbox_providers.sql("c.email"))


class MailboxProvider(Condition):
    key = "mailbox"
    label = "Mailbox provider"
    missing = "Nobody is missing: a domain whose provider is not known counts among all others."

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [Input("lane", "mailbox provider", options=[(lane, LANES[lane]) for lane in mailbox_providers.LANES])]

    def sql(self, values: Values, known: Known) -> Sql:
        return joined([_LANE, Sql("%s", [values["lane"]])], "=")

    def words(self, values: Values, known: Known) -> str:
        if values["lane"] == mailbox_providers.OTHER:
            named = [LANES[lane] for lane in mailbox_providers.LANES if lane != mailbox_providers.OTHER]
            return f"whose mailbox is not at {listed(named, 'or')}"
        return f"whose mailbox is at {LANES[values['lane']]}"

    def shown(self, values: Values, known: Known) -> Sql:
        named = " ".join("WHEN %s THEN %s" for _ in LANES)
        return Sql(
            f"CASE {_LANE.text} {named} END", [*_LANE.parameters, *(text for pair in LANES.items() for text in pair)]
        )
