"""The text part, made from the HTML: words in order, links as "text (address)", merge tags kept."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from accounts.web_addresses import as_sent, resolved, tidy
from campaigns.merge import places
from campaigns.merge.masking import Masks
from campaigns.message import personal_addresses, unseen
from campaigns.message.flow import Flow
from campaigns.message.unseen import Sight

_APART = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "table", "footer", "pre"})
_LINES = frozenset(
    {"address", "article", "center", "div", "header", "main", "nav", "section", "tr", "caption", "figure"}
)
_LISTS = frozenset({"ul", "ol"})
_AS_TYPED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_PADDING = "\u034f\u061c\u180e\u200b\u200c\u200d\u2060\ufeff"
_SPACE = " \t\r\n\f\xa0\u2007"
_SPACES = re.compile(f"[{_SPACE}][{_SPACE}{_PADDING}]*")
_PADDINGS = re.compile(f"[{_PADDING}]{{2,}}")
_LEADING = re.compile(f"^[{_PADDING}]+(?= |$)")
_OPENING = re.compile(r"<!--|</?[a-zA-Z]")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_END = re.compile(r"</(?:body|html)[\s>]", re.IGNORECASE)
_ROW_CHARS = 78
_TEXT_ADDRESS = re.compile(r"\(https?://[^\s)]*+\)?")


def from_html(html: str) -> str:
    """Ends with a line end; "" says that the HTML has no words. Reads the page as browsers do, in linear time."""
    masks = Masks()
    reader = _Reader(masks)
    root = LexborHTMLParser(_with_tags_as_comments(masks.hide(html), masks)).root
    reader.read(root.parent if root else None)  # the document: tags may stand before and behind its html element
    text = masks.reveal(reader.text(), unescape).strip("\n").rstrip()
    return text + "\n" if text.strip() else ""


def _with_tags_as_comments(masked: str, masks: Masks) -> str:
    """A comment may stand anywhere; words between two rows would be moved out of their table.

    The end of the page is left out: words behind it would be moved before it, comments not.
    """
    if not masks.pattern.search(masked) and not _END.search(masked):
        return masked
    parts, at = [], 0
    for token in _comments_and_tags(masked):
        tag = "" if _END.match(token[0]) else token[0]
        parts += [masks.pattern.sub(r"<!--\g<0>-->", masked[at : token.start()]), tag]
        at = token.end()
    return "".join(parts) + masks.pattern.sub(r"<!--\g<0>-->", masked[at:])


def _comments_and_tags(masked: str) -> Iterator[re.Match[str]]:
    at = 0
    while opening := _OPENING.search(masked, at):
        start = opening.start()
        found = _COMMENT.match(masked, start) if opening[0] == "<!--" else places.tag_at(masked, start)
        if found is None:  # a tag that is never closed: all the rest is part of it
            return
        yield found
        at = found.end()


class _Row:
    """The cells of a row in progress, and the merge tags between them."""

    def __init__(self) -> None:
        self.cells: list[Flow | str] = []

    def write(self, flow: Flow, *, is_of_data: bool) -> None:
        cells = [cell for cell in self.cells if isinstance(cell, str) or cell.text()]
        texts = [cell for cell in cells if isinstance(cell, Flow)]
        length = sum(len(_TEXT_ADDRESS.sub("", cell.text())) for cell in texts)
        is_line = all(cell.is_one_line for cell in texts) and length <= _ROW_CHARS
        is_first = True
        for cell in cells:
            if isinstance(cell, str):
                flow.tag(cell)
                continue
            if not is_first:
                if is_line and is_of_data:
                    flow.words(" |")
                flow.space() if is_line else flow.gap(1 if cell.is_one_line else 2)
            flow.words(cell.text())
            is_first = False


class _Reader:
    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._flow = Flow()
        self._outer: list[Flow] = []
        self._rows: list[_Row] = []
        self._tables: list[bool] = []  # whether it has headings, and so is one of data
        self._links: list[tuple[str, int]] = []
        self._lists: list[int] = []

    def text(self) -> str:
        return self._flow.text()

    def read(self, root: LexborNode | None) -> None:
        """Without recursion: a mail's tables may stand in each other deeper than Python's stack."""
        walk: list[tuple[LexborNode, Sight, bool, bool]] = [(root, Sight(), False, False)] if root else []
        while walk:
            node, sight, as_typed, is_done = walk.pop()
            tag = node.tag or ""
            if is_done:
                self._leave(tag)
            elif tag == "-text":
                self._say(node.text_content or "", sight, as_typed)
            elif tag == "-comment":
                self._merge_tag(node.comment_content or "", sight)
            else:
                attributes = {name: value or "" for name, value in node.attributes.items()}
                inside = unseen.within(tag, attributes, sight)
                if inside is None:
                    continue
                self._enter(tag, attributes, inside, node)
                as_typed = as_typed or tag == "pre" or bool(_AS_TYPED.search(attributes.get("style", "")))
                walk.append((node, inside, as_typed, True))
                walk += [(child, inside, as_typed, False) for child in reversed(list(_children(node)))]

    def _say(self, text: str, sight: Sight, as_typed: bool) -> None:
        if sight.is_hidden or sight.is_tiny:
            return
        if as_typed:
            self._flow.words(text.replace("\r\n", "\n").replace("\xa0", " "))
            return
        text = _collapsed(text)
        if text.startswith(" "):
            self._flow.space()
        self._flow.words(text.strip(" "))
        if text.endswith(" "):
            self._flow.space()

    def _merge_tag(self, mask: str, sight: Sight) -> None:
        if not self._masks.pattern.fullmatch(mask) or sight.is_hidden or sight.is_tiny:
            return
        if not self._masks.blocks.fullmatch(mask):
            self._flow.words(mask)
        elif self._rows and len(self._outer) < len(self._rows):
            self._rows[-1].cells.append(mask)
        else:
            self._flow.tag(mask)

    def _enter(self, tag: str, attributes: dict[str, str], sight: Sight, node: LexborNode) -> None:
        self._gap(tag)
        if tag == "br":
            self._flow.line_end()
        elif tag == "hr":
            self._flow.gap(2)
            self._flow.words("----")
            self._flow.gap(2)
        elif tag in {"img", "area"} and not sight.is_hidden:
            self._picture(tag, attributes)
        elif tag == "a":
            self._links.append((attributes.get("href", ""), self._flow.mark()))
        elif tag in _LISTS:
            start = attributes.get("start", "")
            self._lists.append((int(start) - 1 if start.isdecimal() else 0) if tag == "ol" else -1)
        elif tag == "li":
            self._flow.words(self._bullet())
            self._flow.glue()
        elif tag == "dd" and _previous(node) == "dt":
            self._flow.glue(":")
        elif tag in {"dt", "dd"}:
            self._flow.gap(1)
        elif tag == "table":
            self._tables.append(False)
        elif tag == "tr":
            self._rows.append(_Row())
        elif tag in {"td", "th"}:
            if self._tables:
                self._tables[-1] |= tag == "th"
            self._outer.append(self._flow)
            self._flow = Flow()

    def _leave(self, tag: str) -> None:
        if tag == "a":
            self._address(*self._links.pop())
        elif tag in _LISTS:
            self._lists.pop()
        elif tag in {"td", "th"}:
            cell, self._flow = self._flow, self._outer.pop()
            self._rows[-1].cells.append(cell)
        elif tag == "tr":
            self._rows.pop().write(self._flow, is_of_data=bool(self._tables) and self._tables[-1])
        elif tag == "table":
            self._tables.pop()
        self._gap(tag)

    def _gap(self, tag: str) -> None:
        if tag in _APART and not self._lists:
            self._flow.gap(2)
        elif tag in _APART or tag in _LINES or tag == "li":
            self._flow.gap(1)

    def _bullet(self) -> str:
        indent = "  " * (len(self._lists) - 1)
        if not self._lists or self._lists[-1] < 0:
            return f"{indent}-"
        self._lists[-1] += 1
        return f"{indent}{self._lists[-1]}."

    def _picture(self, tag: str, attributes: dict[str, str]) -> None:
        alt = _collapsed(attributes.get("alt", "")).strip()
        address = self._written(attributes.get("href", "")) if tag == "area" else ""
        if shown := f"{alt} {_framed(address)}" if alt and address else alt or address:
            self._flow.apart(shown)

    def _address(self, href: str, mark: int) -> None:
        """Behind the words of a link its address, unless they say it already or it leads nowhere."""
        address, words = self._written(href), self._flow.since(mark).strip()
        said, meant = (self._masks.reveal(text, unescape) for text in (words, tidy(href)))
        if not address or address.startswith("#"):
            return
        is_said = said in {meant, address} or (resolved(said) and resolved(said) == resolved(address))
        bare = address if _framed(address).startswith("(") else _framed(address)
        if not words:
            self._flow.apart(bare)
        elif is_said:
            self._flow.replace(mark, words, bare)
            self._flow.append("")
        else:
            self._flow.append(f" {_framed(address)}")

    def _written(self, href: str) -> str:
        """The address as it may stand among words: no blank cuts it."""
        href = tidy(href)
        if self._masks.pattern.search(href):
            return self._masks.hide(personal_addresses.in_text(self._masks.reveal(href, unescape)))
        scheme, _, rest = href.partition(":")
        if scheme.lower() in {"mailto", "tel", "sms"}:
            return _collapsed(unquote(rest.partition("?")[0]).strip())
        return as_sent(href) or href.replace(" ", "%20")


def _framed(address: str) -> str:
    """In brackets; in angle ones where a reader would take the end of the address for the end of a sentence."""
    ends = [end for _, end in places.addresses_in_text(f"({address})")]
    return f"<{address}>" if ends and ends != [len(address) + 1] else f"({address})"


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _previous(node: LexborNode) -> str:
    """The tag of the element before this one, white space and merge tags between them passed over."""
    before = node.prev
    while before is not None and (before.tag or "").startswith("-"):
        before = before.prev
    return (before.tag or "") if before is not None else ""


def _collapsed(text: str) -> str:
    """White space and what pads an inbox line become single spaces; joiners within words stay."""
    text = _PADDINGS.sub("", _SPACES.sub(" ", text.replace("\u00ad", "")))
    return _LEADING.sub("", text)
