"""HTML cut into tokens as a browser cuts it (WHATWG HTML, 13.2.5), every character in one of them."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from delivery.markup import attribute_text

Kind = Literal["comment", "mark", "tag", "raw", "unfinished", "text"]

TAG_NAME = re.compile(r"</?([^\s/>]+)")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?:(?P<name>[^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(?P<value>"[^"]*"|'[^']*'|[^\s>]*+))?|[=>]|\Z)"""
)
# What follows the opening tag of these is text up to their closing tag, whatever it looks like.
RAW_TEXT = frozenset({"style", "title", "script", "textarea", "xmp", "iframe", "noembed", "noframes"})

_TOKEN = re.compile(
    r"""
    (?P<comment><!--(?:-?>|.*?(?:--!?>|\Z)))
  | (?P<mark><[!?][^>]*>|</(?![a-zA-Z])[^>]*>)
  | (?P<tag></?[a-zA-Z](?>[^>=]++|=\s*+(?:"[^"]*"|'[^']*'|[^\s>"'][^\s>]*+)?)*+>)
  | (?P<unfinished><(?:[!?]|/?[a-zA-Z]|/(?=.)).*\Z)
  | (?P<text>[^<]+|<)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    kind: Kind
    text: str
    start: int
    name: str  # of a tag, in lower case; of raw text the element's that it stands in

    @property
    def is_opening(self) -> bool:
        return self.kind == "tag" and not self.text.startswith("</")


def tokens(html: str) -> Iterator[Token]:
    at = 0
    while found := _TOKEN.match(html, at):
        kind: Kind = found.lastgroup  # type: ignore[assignment]  # the groups above
        name = tag_name(found[0]) if kind == "tag" else ""
        yield Token(kind, found[0], at, name)
        at = found.end()
        if name in RAW_TEXT and not found[0].startswith("</"):
            end = start_of_closing(name, html, at)
            if end > at:
                yield Token("raw", html[at:end], at, name)
            at = end


def attributes(text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """Each with its name, its value with its quotes, and the white space before it."""
    for found in _ATTRIBUTE.finditer(text, start, len(text) if end is None else end):
        if found["name"]:
            yield found


def values(tag: Token) -> dict[str, str | None]:
    """What the attributes of an opening tag say; None where one has no value. Of two alike the first counts."""
    found: dict[str, str | None] = {}
    for attribute in attributes(tag.text, 1 + len(tag.name), len(tag.text) - 1):
        found.setdefault(attribute["name"].lower(), _said(attribute["value"]))
    return found


def elements(page: Iterable[Token], *names: str) -> list[dict[str, str | None]]:
    """What the attributes of each such element say, in their order."""
    return [values(token) for token in page if token.is_opening and token.name in names]


def hrefs(page: Iterable[Token]) -> list[str | None]:
    """What stands in each link; None where it has no value."""
    return [given["href"] for given in elements(page, "a", "area") if "href" in given]


def _said(written: str | None) -> str | None:
    if written is None:
        return None
    return attribute_text(written[1:-1] if written[:1] in {'"', "'"} else written)


def tag_name(tag: str) -> str:
    name = TAG_NAME.match(tag)
    return name[1].lower() if name else ""


def start_of_closing(name: str, html: str, at: int) -> int:
    closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
    return closing.start() if closing else len(html)
