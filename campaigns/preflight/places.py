"""Which block of a mail a finding speaks of, so that "Go there" opens it."""

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

from campaigns.content import blocks
from campaigns.merge import language
from campaigns.merge.syntax import Problem
from campaigns.models import Campaign


def with_tag(campaign: Campaign, name: str) -> str:
    """The id of the first block that asks for this merge tag; "" if none does."""
    return _first(campaign, lambda words: name in language.tags_used(words))


def without_fallback(campaign: Campaign, name: str) -> str:
    return _first(campaign, lambda words: name in language.without_fallback(words))


def broken(campaign: Campaign, problem: Problem) -> str:
    """The id of the first block whose words have that problem."""
    return _first(campaign, lambda words: any(found.text == problem.text for found in language.check(words)))


def with_link(campaign: Campaign, link: str) -> str:
    """The id of the first block that leads there, by its own link or by one in its words."""
    return _first(campaign, lambda words: unescape(words).strip() == link or f'"{link}"' in unescape(words))


def _first(campaign: Campaign, says: Callable[[str], bool]) -> str:
    if campaign.content_kind != Campaign.ContentKind.BLOCKS:
        return ""
    written = blocks.walk(blocks.validate(campaign.blocks or blocks.empty()))
    return next((block["id"] for block in written if any(map(says, _words(block)))), "")


def _words(block: dict[str, Any]) -> Iterator[str]:
    for field in blocks.KINDS[block["kind"]].fields:
        if field.widget in {"text", "rich", "url"}:
            yield str(block.get(field.name, ""))
