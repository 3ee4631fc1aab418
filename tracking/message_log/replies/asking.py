"""Which replies somebody wants to see, as conditions in SQL over a try or an accepted message."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contacts import addresses
from delivery.policy import mailbox_providers

KINDS = {
    "": "All but accepted",
    "deferred": "Deferred",
    "refused": "Refused",
    "uncertain": "May have arrived",
    "accepted": "Accepted",
}
DECISIONS = {"deferred": ["retry"], "refused": ["refused"], "uncertain": ["uncertain"]}
_CODE = re.compile(r"([245])(?:xx|(\d\d))?|([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`text`: a whole address, which has an index, or a part of one, which is looked for row by row.

    `code`: 550, 5 or 5xx, or 5.1.1; what cannot be one finds nothing. `since` and `until`: the latter not itself.
    """

    kind: str = ""
    text: str = ""
    provider_id: int = 0
    code: str = ""
    lane: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def address(self) -> str:
        """The whole address that is asked for, in lower case; empty when it is a part of one."""
        try:
            return addresses.key(addresses.normalise(self.text)) if "@" in self.text else ""
        except addresses.InvalidAddress:
            return ""

    @property
    def wants_tries(self) -> bool:
        return self.kind != "accepted" and not self.is_of_accepted_code

    @property
    def wants_accepted(self) -> bool:
        """With a whole address and no kind, everything is told: one address has few mails."""
        if self.code and not self.is_of_accepted_code:
            return False
        return self.kind == "accepted" or (self.kind == "" and (bool(self.address) or self.is_of_accepted_code))

    @property
    def is_of_accepted_code(self) -> bool:
        """No other reply but 250 is that of an accepted mail, and it is not stored with each of them."""
        return self.code.lower() in ("2", "2xx", "250")

    @property
    def values(self) -> dict[str, Any]:
        code = _CODE.fullmatch(self.code)
        lowest = int(code[1] + (code[2] or "00")) if code and code[1] else 0
        return {
            "address": self.address,
            "text": self.text.lower(),
            "provider": self.provider_id,
            "lowest": lowest,
            "highest": lowest if code and code[2] else lowest + 99,
            "enhanced": (code[3] if code else "") or "",
            "since": self.since,
            "until": self.until,
            "decisions": DECISIONS.get(self.kind, [name for names in DECISIONS.values() for name in names]),
            **mailbox_providers.named_sql("")[1],
        }

    def where(self, *, provider: str, at: str) -> str:
        """SQL that begins with AND, over `m.email` and the expressions of a provider and a moment."""
        parts = []
        if self.provider_id:
            parts.append(f"{provider} = %(provider)s")
        if self.since:
            parts.append(f"{at} >= %(since)s")
        if self.until:
            parts.append(f"{at} < %(until)s")
        if self.text and not self.address:
            parts.append("strpos(lower(m.email), %(text)s) > 0")
        if self.lane in mailbox_providers.LANES:
            parts.append(f"{mailbox_providers.named_sql('m.email')[0]} = '{self.lane}'")
        return "".join(f" AND {part}" for part in parts)

    @property
    def where_code(self) -> str:
        if not self.code:
            return ""
        code = _CODE.fullmatch(self.code)
        if code is None:
            return " AND false"
        return " AND a.enhanced = %(enhanced)s" if code[3] else " AND a.code BETWEEN %(lowest)s AND %(highest)s"
