"""Tags and words of somebody's HTML, in time that grows with its length alone. Hostile; nothing here raises.

As browsers do, what is left open (a comment, a tag, a quote) swallows all that follows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from string import ascii_lowercase, ascii_uppercase

from delivery.markup import attribute_text

_NAME = re.compile(r"/?[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(r"[\s/]*(?:([^\s/>=]+|=)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(?![\"'])([^\s>]*)|([\"'])))?)?")
_NO_TAGS_INSIDE = frozenset(("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"))
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)  # ASCII alone, so that no place moves


@dataclass(frozen=True, slots=True)
class Words:
    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    name: str  # in lower case, with a slash before it when it closes
    end: int  # the place after it
    attributes: dict[str, str] = field(default_factory=dict)


def read(html: str) -> Iterator[Words | Tag]:
    lower = html.translate(_LOWER)
    position = 0
    while (start := html.find("<", position)) >= 0:
        if start > position:
            yield Words(unescape(html[position:start]))
        tag, position = _tag(html, start)
        if tag is None:
            continue
        yield tag
        if tag.name in _NO_TAGS_INSIDE:
            closing = lower.find(f"</{tag.name}", position)
            position = closing if closing >= 0 else len(html)
    if position < len(html):
        yield Words(unescape(html[position:]))


def _tag(html: str, start: int) -> tuple[Tag | None, int]:
    """And where to go on: the end of the text where it is left open."""
    name = _NAME.match(html, start + 1)
    if name is None:
        return None, _behind_what_is_no_tag(html, start)
    attributes: dict[str, str] = {}
    position = name.end()
    while position < len(html):
        found = _ATTRIBUTE.match(html, position)
        position = found.end() if found else position
        if found is None or found[5]:  # a quote that never ends
            break
        if found[1]:
            value = next((group for group in found.group(2, 3, 4) if group is not None), "")
            attributes.setdefault(found[1].translate(_LOWER), attribute_text(value))
        elif not html.startswith(">", position):
            break
        if html.startswith(">", position):
            return Tag(name[0].translate(_LOWER), position + 1, attributes), position + 1
    return None, len(html)


def _behind_what_is_no_tag(html: str, start: int) -> int:
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else len(html)
    if html.startswith(("<!", "<?", "</"), start):
        end = html.find(">", start + 2)
        return end + 1 if end >= 0 else len(html)
    return start + 1
