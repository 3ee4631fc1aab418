"""The text part, made from the HTML: words in order, links as "text (address)", merge tags kept."""

import re
from html import unescape

from campaigns.merge.masking import Masks
from delivery import markup

_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "hr", "footer", "pre"})
_BLOCKS = _APART | {"address", "article", "center", "div", "dl", "header", "li", "main", "nav", "section", "tr"}
_UNSEEN = frozenset({"head", "style", "script", "title"})
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\xa0\u034f\u200b\u200c\ufeff]+")
_GAPS = re.compile(r"\n{3,}")


def from_html(html: str) -> str:
    """Ends with a line end; "" says that the HTML has no words."""
    masks = Masks()
    reader = _Reader()
    reader.feed(masks.hide(html))
    reader.close()
    text = masks.reveal(reader.text(), unescape)
    return text + "\n" if text else ""


class _Reader(markup.Reader):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._unseen: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._lists: list[int] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if self._unseen or tag in _UNSEEN or _HIDDEN.search(given.get("style", "")):
            if tag not in _VOID:
                self._unseen.append(tag)
            return
        if tag == "br":
            self._out.append("\n")
        elif tag == "hr":
            self._out.append("\n\n----\n\n")
        elif tag == "img" and given.get("alt", "").strip():
            self._out.append(_SPACES.sub(" ", given["alt"]))
        elif tag == "a":
            self._links.append((given.get("href", "").strip(), len(self._out)))
        elif tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else -1)
        if tag in _BLOCKS:
            self._break(tag)
        if tag == "li":
            self._out.append(self._bullet())
        elif tag == "td":
            self._out.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            # An element that was never closed must not hide the rest of the mail.
            if tag in self._unseen:
                while self._unseen.pop() != tag:
                    pass
            elif tag in _BLOCKS:
                self._unseen.clear()
            return
        if tag == "a" and self._links:
            self._address(*self._links.pop())
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        if tag in _BLOCKS and tag != "li":
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._out.append(_SPACES.sub(" ", data))

    def text(self) -> str:
        lines = [_SPACES.sub(" ", line).strip() for line in "".join(self._out).split("\n")]
        return _GAPS.sub("\n\n", "\n".join(lines)).strip()

    def _break(self, tag: str) -> None:
        self._out.append("\n\n" if tag in _APART else "\n")

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] < 0:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "

    def _address(self, href: str, start: int) -> None:
        """Behind the words of a link its address, unless they say it already or it leads nowhere."""
        words = "".join(self._out[start:]).strip()
        address = href.removeprefix("mailto:").removeprefix("tel:")
        if not address or address.startswith("#") or address == words:
            return
        self._out.append(f" ({address})" if words else address)
