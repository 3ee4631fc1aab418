"""Which block of a mail a finding speaks of, so that "Go there" opens it."""

import re
from collections.abc import Callable
from html import unescape

from campaigns.content import blocks
from campaigns.merge import language
from campaigns.merge.syntax import Problem
from campaigns.models import Campaign

_TAG = re.compile(r"<[^<>]*>")


class Places:
    """What each block of a mail says; HTML written by hand has none. Each answer is a block's id, or ""."""

    def __init__(self, campaign: Campaign) -> None:
        is_of_blocks = campaign.content_kind == Campaign.ContentKind.BLOCKS
        document = blocks.validate(campaign.blocks or blocks.empty()) if is_of_blocks else blocks.empty()
        self._words = [(block["id"], str(block[field.name])) for block, field in blocks.words(document)]

    def with_tag(self, name: str) -> str:
        """The first that asks for this merge tag."""
        return self._first(lambda words: name in language.tags_used(words))

    def without_fallback(self, name: str) -> str:
        return self._first(lambda words: name in language.without_fallback(words))

    def broken(self, problem: Problem) -> str:
        """The first whose words have that problem."""
        return self._first(lambda words: any(found.text == problem.text for found in language.check(words)))

    def with_link(self, link: str) -> str:
        """The first that leads there, by its own link or by one in its words."""
        return self._first(lambda words: unescape(words).strip() == link or f'"{link}"' in unescape(words))

    def with_words(self, said: str) -> str:
        """The first whose words these are, or begin so; tags and white space do not count."""
        return self._first(lambda words: said in " ".join(unescape(_TAG.sub(" ", words)).split()))

    def _first(self, says: Callable[[str], bool]) -> str:
        return next((block for block, words in self._words if says(words)), "")
