"""A segment's rules: rows in nested groups, as they are stored and as the builder's form says them. Pure.

{"match": "all", "parts": [{"is": "tag", "values": {"how": "has", "tag": "vip"}}, {"match": "any", "parts": [...]}]}
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Union

MOST_DEEP = 4  # groups within groups, the outermost counted
MOST_ROWS = 40
MOST_CHARS = 2_000  # of one value
MOST_VALUES = 12  # of one row


class BadRules(ValueError):
    """They are not rules; the message says what is wrong."""


class Match(StrEnum):
    ALL = "all"
    ANY = "any"
    NONE = "none"


MATCH_WORDS = {Match.ALL: "all of these", Match.ANY: "any of these", Match.NONE: "none of these"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: a condition's key and what was chosen and typed for it."""

    condition: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    match: Match = Match.ALL
    parts: Sequence[Union[Rule, "Group"]] = ()

    def rows(self) -> Iterator[Rule]:
        """Every row, also those of groups inside."""
        for part in self.parts:
            if isinstance(part, Rule):
                yield part
            else:
                yield from part.rows()


def read(data: object) -> Group:
    """What `write` made, or what somebody else claims to be such. Raises BadRules."""
    found = _group(data, 1)
    if is_beyond(found):
        raise BadRules(f"A segment has {MOST_ROWS} rows at most.")
    return found


def is_full(group: Group) -> bool:
    """No row can be added."""
    return _count(group) >= MOST_ROWS


def is_beyond(group: Group) -> bool:
    return _count(group) > MOST_ROWS


def write(group: Group) -> dict[str, Any]:
    return {
        "match": group.match.value,
        "parts": [
            {"is": part.condition, "values": dict(part.values)} if isinstance(part, Rule) else write(part)
            for part in group.parts
        ],
    }


def _count(group: Group) -> int:
    return sum(1 for _ in group.rows())


def _group(data: object, depth: int) -> Group:
    if depth > MOST_DEEP:
        raise BadRules(f"Groups stand in each other {MOST_DEEP} deep at most.")
    if not isinstance(data, dict) or data.get("match") not in tuple(Match) or not isinstance(data.get("parts"), list):
        raise BadRules("These are no rules of a segment.")
    if len(data["parts"]) > MOST_ROWS:
        raise BadRules(f"A segment has {MOST_ROWS} rows at most.")
    return Group(Match(data["match"]), tuple(_part(part, depth) for part in data["parts"]))


def _part(data: object, depth: int) -> Rule | Group:
    if not isinstance(data, dict) or "is" not in data:
        return _group(data, depth + 1)
    condition, values = data["is"], data.get("values", {})
    if not isinstance(condition, str) or not isinstance(values, dict) or len(values) > MOST_VALUES:
        raise BadRules("These are no rules of a segment.")
    if not all(isinstance(text, str) for pair in values.items() for text in pair):
        raise BadRules("These are no rules of a segment.")
    return Rule(condition[:60], {name[:60]: tidy(text) for name, text in values.items()})


def tidy(text: str) -> str:
    """A value as it may be stored and compared."""
    return text[:MOST_CHARS].replace("\0", "").strip()
