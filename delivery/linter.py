"""One finished message against the rules of mailbox providers and standards."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    text: str


def lint(
    raw: bytes,
    *,
    marketing: bool,
    known_hosts: Collection[str] | None = None,
    unsubscribe_url: str | None = None,
) -> list[Violation]:
    return []
