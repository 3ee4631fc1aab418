"""A kept mail, taken apart for people. Whatever is in it is hostile text; nothing here raises."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from functools import cached_property
from typing import cast

from delivery import markup
from delivery.markup import printable
from delivery.sandbox.headers import decoded

_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
_ANGLES = re.compile(r"<\s*([^<>]*?)\s*>", re.DOTALL)
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
        self._mail = message_from_bytes(source, policy=policy.compat32)  # the newer policies raise on odd headers

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """In their order, unfolded and decoded."""
        return [(printable(name), decoded(_octets(value))) for name, value in self._mail.raw_items()]

    @cached_property
    def html(self) -> str:
        return self._part("html")

    @cached_property
    def text(self) -> str:
        return self._part("plain")

    @cached_property
    def links(self) -> list[Link]:
        finder = _LinkFinder()
        finder.feed(self.html)
        finder.close()
        return finder.links

    @property
    def html_in_new_tabs(self) -> str:
        """The HTML, made so that its links leave the frame it is shown in."""
        if head := _HEAD.search(self.html):
            return self.html[: head.end()] + _NEW_TAB + self.html[head.end() :]
        doctype = _DOCTYPE.match(self.html)
        start = doctype.end() if doctype else 0
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

    def _part(self, subtype: str) -> str:
        for part in self._mail.walk():
            if part.get_content_type() == f"text/{subtype}" and part.get_content_disposition() != "attachment":
                return _content(part)
        return ""


def _content(part: Message) -> str:
    payload = cast("bytes | None", part.get_payload(decode=True)) or b""
    try:
        return payload.decode(str(part.get_content_charset("utf-8")), "replace")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")


def _octets(value: object) -> bytes:
    return str(value).encode("utf-8", "surrogateescape")


@dataclass
class _Open:
    address: str
    words: list[str] = field(default_factory=list)


class _LinkFinder(markup.Reader):
    """Every `<a href>` in its order; a link without words goes by the alternative text of its picture."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self._open: _Open | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a" and found.get("href"):
            self._end()
            self._open = _Open(printable(str(found["href"]).strip()))
        elif tag == "img" and self._open and found.get("alt"):
            self._open.words.append(str(found["alt"]))

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end()

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        if self._open:
            self.links.append(Link(" ".join(" ".join(self._open.words).split())[:300], self._open.address))
        self._open = None
