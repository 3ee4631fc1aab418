"""Programs by what they call themselves: the table agents.toml."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("agents.toml")
_NAMES_KEPT = 20_000

# Apple's proxy names itself so, to the letter; no browser does.
_APPLE = "Mozilla/5.0"


class Agent(StrEnum):
    BROWSER = "browser"
    APPLE = "apple"
    PROXY = "proxy"
    PREFETCH = "prefetch"
    SCANNER = "scanner"
    PREVIEW = "preview"
    CRAWLER = "crawler"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Row:
    owner: str
    kind: Agent
    source: str
    marks: tuple[str, ...]
    ends: tuple[str, ...]

    def fits(self, lowered: str) -> bool:
        return any(mark in lowered for mark in self.marks) or lowered.endswith(self.ends)


@cache
def table() -> tuple[Row, ...]:
    rows = tomllib.loads(_TABLE.read_text())["agent"]
    return tuple(
        Row(row["owner"], Agent(row["kind"]), row["source"], tuple(row.get("marks", ())), tuple(row.get("ends", ())))
        for row in rows
    )


@lru_cache(maxsize=_NAMES_KEPT)
def recognise(user_agent: str) -> Agent:
    """A name that nobody of the table has is a browser's; no name at all is a script's."""
    name = user_agent.strip()
    if name == _APPLE:
        return Agent.APPLE
    lowered = name.lower()
    fitting = next((row.kind for row in table() if row.fits(lowered)), Agent.BROWSER)
    return fitting if name else Agent.SCRIPT
