"""What an installation has and conditions may name: its fields, lists, tags, segments, campaigns. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Any

from contacts.segments.rules import Group


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class KnownField:
    key: str
    label: str
    kind: Kind
    options: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class KnownSegment:
    name: str
    rules: Group


@dataclass(frozen=True, slots=True)
class Known:
    """`now` with a time zone: days begin at its midnight. `more` is what conditions of other parts bring
    (see Condition.known), by names of theirs."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    fields: Sequence[KnownField] = ()
    lists: Mapping[int, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    segments: Mapping[int, KnownSegment] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def zone(self) -> tzinfo:
        return self.now.tzinfo or UTC
