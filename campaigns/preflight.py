"""What must not go out, and what had better not."""

from dataclasses import dataclass
from typing import Literal

from campaigns.models import Campaign

Card = Literal["to", "from", "subject", "content", "schedule"]


@dataclass(frozen=True, slots=True)
class Finding:
    level: Literal["block", "warn"]
    code: str
    text: str
    cure: str
    card: Card


def check(campaign: Campaign) -> list[Finding]:
    """Blocking findings first."""
    return []
