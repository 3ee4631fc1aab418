"""A segment's condition: whose servers somebody's mail goes to."""

from collections.abc import Sequence

from contacts.segments.known import Known
from contacts.segments.predicate import Sql, joined
from contacts.segments.registry import Condition, Input, Values
from delivery.deliverability.figures import LANES
from delivery.policy import mailbox_providers


class MailboxProvider(Condition):
    key = "mailbox"
    label = "Mailbox provider"

    def inputs(self, values: Values, known: Known) -> Sequence[Input]:
        return [Input("lane", "mailbox provider", options=[(lane, LANES[lane]) for lane in mailbox_providers.LANES])]

    def sql(self, values: Values, known: Known) -> Sql:
        return joined([self.shown(values, known), Sql("%s", [values["lane"]])], "=")

    def words(self, values: Values, known: Known) -> str:
        return f"whose mailbox is at {LANES[values['lane']]}"

    def shown(self, values: Values, known: Known) -> Sql:
        return Sql(*mailbox_providers.sql("c.email"))
