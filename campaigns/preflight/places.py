"""Where in a mail a finding speaks of, so that "Go there" opens it: the block, or the line of HTML written by hand."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from html import unescape
from typing import Protocol

from campaigns.content import blocks
from campaigns.content.blocks import Block
from campaigns.drafts.words import blocks_of
from campaigns.merge import language
from campaigns.merge.syntax import Piece, Problem
from campaigns.models import Campaign
from campaigns.preflight.findings import LINE
from delivery import html_tokens

_TAG = re.compile(r"<[^<>]*>")


class Places(Protocol):
    """Each answer is what the editor's address takes as `open`: a block's id, `line-12` of HTML, or "" for neither."""

    def with_tag(self, name: str) -> str:
        """The first that asks for this merge tag."""
        ...

    def without_fallback(self, name: str) -> str: ...

    def broken(self, problem: Problem) -> str:
        """The first whose words have that problem."""
        ...

    def with_link(self, link: str) -> str:
        """The first that leads there, by its own link or by one in its words."""
        ...

    def with_picture(self, address: str) -> str: ...

    def with_words(self, said: str) -> str:
        """The first whose words these are, or begin so; tags and white space do not count."""
        ...


def of(campaign: Campaign) -> Places:
    if campaign.content_kind == Campaign.ContentKind.HTML:
        return _Lines(campaign.html)
    return _Blocks(blocks_of(campaign))


def line(html: str, offset: int) -> str:
    """Of HTML written by hand, that of the character at `offset`."""
    return f"{LINE}{html.count(chr(10), 0, offset) + 1}"


class _Blocks:
    def __init__(self, written: list[Block]) -> None:
        self._blocks = written
        self._words = [
            (block["id"], str(block[field.name]))
            for block in written
            for field in blocks.KINDS[block["kind"]].fields
            if field.takes_words
        ]

    def with_tag(self, name: str) -> str:
        return self._first(lambda words: name in language.tags_used(words))

    def without_fallback(self, name: str) -> str:
        return self._first(lambda words: name in language.without_fallback(words))

    def broken(self, problem: Problem) -> str:
        return self._first(lambda words: any(found.text == problem.text for found in language.check(words)))

    def with_link(self, link: str) -> str:
        return self._first(lambda words: unescape(words).strip() == link or f'"{link}"' in unescape(words))

    def with_picture(self, address: str) -> str:
        return next((block["id"] for block in self._blocks if block.get("image") == address), "")

    def with_words(self, said: str) -> str:
        whole = _whole(said)
        return self._first(lambda words: bool(whole.search(_plain(_TAG.sub(" ", words)))))

    def _first(self, says: Callable[[str], bool]) -> str:
        return next((block for block, words in self._words if says(words)), "")


class _Lines:
    def __init__(self, html: str) -> None:
        self._html = html

    def with_tag(self, name: str) -> str:
        return self._piece(piece for piece in self._pieces if name in piece.names)

    def without_fallback(self, name: str) -> str:
        shown = (piece for piece in self._pieces if piece.kind == "output" and name in piece.names)
        return self._piece(piece for piece in shown if ("name", "default") not in piece.tokens)

    def broken(self, problem: Problem) -> str:
        same = (one for one in language.check(self._html) if (one.text, one.near) == (problem.text, problem.near))
        return next((f"{LINE}{one.line}" for one in same), "")

    def with_link(self, link: str) -> str:
        tags = (token for token in self._opening if "href" in html_tokens.values(token))
        return self._with(link, "href", tags)

    def with_picture(self, address: str) -> str:
        return self._with(address, "src", (token for token in self._opening if token.name == "img"))

    def with_words(self, said: str) -> str:
        whole = _whole(said)
        texts = (token for token in self._tokens if token.kind == "text" and whole.search(_plain(token.text)))
        return next((self._at(token, said) for token in texts), "")

    @cached_property
    def _pieces(self) -> list[Piece]:
        try:
            return language.read(self._html)
        except language.Broken:
            return []

    @cached_property
    def _tokens(self) -> list[html_tokens.Token]:
        return list(html_tokens.tokens(self._html))

    def _piece(self, found: Iterable[Piece]) -> str:
        return next((f"{LINE}{piece.line}" for piece in found), "")

    @property
    def _opening(self) -> Iterable[html_tokens.Token]:
        return (token for token in self._tokens if token.is_opening)

    def _with(self, value: str, name: str, tags: Iterable[html_tokens.Token]) -> str:
        same = (token for token in tags if (html_tokens.values(token).get(name) or "").strip() == value)
        return next((line(self._html, token.start) for token in same), "")

    def _at(self, token: html_tokens.Token, said: str) -> str:
        """Its words may begin many lines below the tag before them."""
        first = _whole(said.split(maxsplit=1)[0]).search(token.text) if said else None
        return line(self._html, token.start + (first.start() if first else 0))


def _whole(said: str) -> re.Pattern[str]:
    """“here” is not in “there”."""
    return re.compile(rf"(?<!\w){re.escape(said)}(?!\w)")


def _plain(words: str) -> str:
    return " ".join(unescape(words).split())
