"""A kept mail, taken apart for people. Whatever is in it is hostile text; nothing here raises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from delivery import html_tokens
from delivery.markup import printable
from delivery.sandbox import parts
from delivery.sandbox.headers import decoded

_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
_ANGLES = re.compile(r"<([^<>]*)>")
_WORDS_CHARS = 300
_NEW_TAB = '<base target="_blank">'


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    address: str

    @property
    def is_web(self) -> bool:
        return self.address.lower().startswith(("http://", "https://"))


class Reading:
    def __init__(self, source: bytes) -> None:
        self.source = source
        self._mail = parts.read(source)

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """In their order, unfolded and decoded."""
        return [(printable(name.decode("utf-8", "replace")), decoded(value)) for name, value in self._mail.headers]

    @cached_property
    def html(self) -> str:
        return self._part(b"text/html")

    @cached_property
    def text(self) -> str:
        return self._part(b"text/plain")

    @cached_property
    def links(self) -> list[Link]:
        return list(_links(self.html))

    @property
    def html_in_new_tabs(self) -> str:
        """The HTML, made so that its links leave the frame it is shown in."""
        head = next((tag for tag in html_tokens.tokens(self.html) if tag.is_opening and tag.name == "head"), None)
        doctype = _DOCTYPE.match(self.html)
        start = head.start + len(head.text) if head else doctype.end() if doctype else 0
        return self.html[:start] + _NEW_TAB + self.html[start:]

    @property
    def unsubscribe_address(self) -> str:
        """The https or http address of List-Unsubscribe, when List-Unsubscribe-Post offers one click (RFC 8058)."""
        offers = "".join(self.header("List-Unsubscribe-Post").lower().split())
        if offers != "list-unsubscribe=one-click":
            return ""
        addresses = [re.sub(r"\s+", "", found) for found in _ANGLES.findall(self.header("List-Unsubscribe"))]
        return next((found for found in addresses if found.lower().startswith(("https://", "http://"))), "")

    def header(self, name: str) -> str:
        return next((value for found, value in self.headers if found.lower() == name.lower()), "")

    def _part(self, kind: bytes) -> str:
        wanted = (part for part in parts.leaves(self._mail) if part.kind == kind and not part.is_attachment)
        return next((part.text for part in wanted), "")


def _links(html: str) -> Iterator[Link]:
    """Every `<a href>` in its order; a link without words goes by the alternative text of its picture."""
    address, words = "", [""]
    for token in html_tokens.tokens(html):
        if token.kind == "text":
            words.append(unescape(token.text))
            continue
        given = html_tokens.values(token) if token.is_opening and token.name in {"a", "img"} else {}
        if token.name == "img":
            words.append(f" {given.get('alt') or ''} ")
        elif token.kind == "tag" and token.name == "a" and (given.get("href") or not token.is_opening):
            if address:
                yield _link(address, words)
            address, words = printable((given.get("href") or "").strip()), []
        else:
            words.append(" ")
    if address:
        yield _link(address, words)


def _link(address: str, words: list[str]) -> Link:
    return Link(" ".join("".join(words).split())[:_WORDS_CHARS], address)
