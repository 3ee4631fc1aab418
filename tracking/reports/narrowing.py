"""Filters over the people of a report: each one a condition in SQL with its values, none of them a table of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from delivery.policy import mailbox_providers


class Narrow(TypedDict, total=False):
    link_id: int  # of "clicked": one link
    reason: str  # of the bounced: one category of delivery.replies
    search: str  # any part of the address
    lane: str  # a mailbox provider of delivery.policy.mailbox_providers
    since: datetime | None
    until: datetime | None  # not itself


@dataclass(frozen=True, slots=True)
class Narrowing:
    link_id: int = 0
    reason: str = ""
    search: str = ""
    lane: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        """For the named parameters of `where`."""
        return {
            "search": self.search.strip().lower(),
            "since": self.since,
            "until": self.until,
            **mailbox_providers.named_sql("")[1],
        }

    def where(self, *, email: str, at: str, lane: str = "") -> str:
        """SQL that begins with AND, over the expressions of an address and a moment. `lane`: an expression of the
        mailbox provider; without one it is told by the address, as sums and chunks tell it."""
        parts = []
        if self.search.strip():
            parts.append(f"strpos(lower({email}), %(search)s) > 0")
        if self.since:
            parts.append(f"{at} >= %(since)s")
        if self.until:
            parts.append(f"{at} < %(until)s")
        if self.lane in mailbox_providers.LANES:
            parts.append(f"{lane or mailbox_providers.named_sql(email)[0]} = '{self.lane}'")
        return "".join(f" AND {part}" for part in parts)
