"""The page as a browser builds it, each element knowing the opening tag that it comes from.

A mark is put into every opening tag of a copy, an HTML5 parser reads the copy, and the marks tell which element is
which: wherever the parser moves, closes or repeats one, as the standard wants it.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from cssselect2 import ElementWrapper
from selectolax.lexbor import LexborHTMLParser

from delivery.html_tokens import Token

MAX_DEPTH = 256  # half of what browsers bear, and all that other mail programs were seen to


class TooDeep(ValueError):
    """Elements stand in one another more often than mail programs follow."""


@dataclass(frozen=True, slots=True)
class Page:
    root: Element
    mark: str  # the attribute whose value is the number of the opening tag
    ignores_case: bool  # of classes and ids: there is no doctype, or an old one

    def elements(self) -> Iterator[Any]:
        """Wrapped for matching, parents before their children."""
        yield from ElementWrapper.from_html_root(self.root).iter_subtree()


def read(tokens: Sequence[Token]) -> Page:
    """Raises TooDeep. The mark of a tag is the number of its token."""
    mark = f"data-{secrets.token_hex(5)}"
    stamped = "".join(
        f'<{token.text[1 : 1 + len(token.name)]} {mark}="{number}"{token.text[1 + len(token.name) :]}'
        if token.is_opening
        else token.text
        for number, token in enumerate(tokens)
    )
    parser = LexborHTMLParser(stamped)
    top = parser.root
    if top is None:  # cannot be: the parser adds what a page must have
        raise TooDeep("there is no page")
    ignores_case = _has_quirks(tokens)
    return Page(_copied(top, ignores_case=ignores_case), mark, ignores_case)


def _copied(top: Any, *, ignores_case: bool) -> Element:
    root = _element(top, ignores_case=ignores_case)
    waiting = [(top, root, 1)]
    while waiting:
        node, element, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise TooDeep
        child = node.first_child
        while child is not None:
            if child.is_element_node:
                copy = _element(child, ignores_case=ignores_case)
                element.append(copy)
                waiting.append((child, copy, depth + 1))
            child = child.next
    return root


def _element(node: Any, *, ignores_case: bool) -> Element:
    given = {name: value or "" for name, value in node.attributes.items()}
    if ignores_case:
        given |= {name: given[name].lower() for name in ("class", "id") if name in given}
    return Element(node.tag, given)


def _has_quirks(tokens: Sequence[Token]) -> bool:
    doctype = next((token.text.lower() for token in tokens if token.text[:9].lower() == "<!doctype"), "")
    if not doctype.startswith("<!doctype html") or " html 3" in doctype or "dtd html 4.0 transitional" in doctype:
        return True
    return "dtd html 4.01" in doctype and "strict" not in doctype and "http" not in doctype
