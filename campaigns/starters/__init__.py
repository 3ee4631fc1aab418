"""Finished mails to begin with."""

from dataclasses import dataclass

from campaigns.blocks import Document


@dataclass(frozen=True, slots=True)
class Starter:
    key: str
    name: str
    description: str
    document: Document


def all() -> list[Starter]:
    return []
