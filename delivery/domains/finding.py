"""One thing that a record has to say about itself. Pure."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["bad", "warn", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`bad`: receivers do not accept it. `warn`: they do, and it had better be mended. `info`: good to know."""

    level: Level
    code: str
    text: str
    cure: str = ""


def is_bad(found: "tuple[Finding, ...] | list[Finding]") -> bool:
    return any(one.level == "bad" for one in found)
