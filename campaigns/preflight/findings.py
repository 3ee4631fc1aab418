"""One thing that preflight has to say."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Card = Literal["to", "from", "subject", "content", "schedule", "approval", "attachments"]
Level = Literal["block", "warn"]

# Characters of a subject that are seen.
PHONE_SUBJECT = 40
LONGEST_SUBJECT = 60
LINE = "line-"
_LONGEST_NUMBER = 7


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    code: str
    text: str
    cure: str
    card: Card
    fix: str = ""  # what one click does about it: foreign_tags.FIX
    block: str = ""  # the id of the block it speaks of, or `line-12` of HTML written by hand: see places
    draft: int = 0  # the translation whose words it speaks of; 0: those of the campaign itself

    @property
    def line(self) -> int:
        """Of HTML written by hand; 0: it speaks of none."""
        return line_of(self.block)


def line_of(place: str) -> int:
    number = place.removeprefix(LINE)
    return int(number) if place.startswith(LINE) and number.isdecimal() and len(number) <= _LONGEST_NUMBER else 0


def kept(found: Iterable[Finding]) -> list[dict[str, str]]:
    """As an edition remembers what was said of it."""
    return [{"level": finding.level, "code": finding.code, "text": finding.text} for finding in found]
