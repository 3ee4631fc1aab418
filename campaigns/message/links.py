"""Links of a mail: which are tracked, and how a tracked address takes the place of the author's.

Works on masked text (see campaigns.merge.places), and touches nothing but the address itself. Links with merge tags
in them, and mailto, tel and anchors, stay as the author wrote them. What is a web address, and which, is for browsers
to say (accounts.web_addresses): blanks round it and line breaks in it are no part of it.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from accounts.web_addresses import resolved, tidy
from campaigns.merge import places
from campaigns.merge.places import Attribute
from campaigns.merge.syntax import Piece
from delivery.html_tokens import tokens
from delivery.markup import attribute_text

_LINK = re.compile(r"(?:a|area|v:\w+)", re.IGNORECASE)
_END = re.compile(r"</(?:a|v:\w+)\s*>", re.IGNORECASE)
_LONGEST = 5_000  # characters from a link's tag to its end
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_LABEL_CHARS = 200
_TWIN = " data-twin "


@dataclass(frozen=True, slots=True)
class Found:
    """A link that is tracked, and where its address stands in the masked text."""

    url: str
    label: str
    start: int
    end: int
    is_twin: bool = False  # the next link is the same for other mail programs


def in_html(masked: str) -> list[Found]:
    return list(_in_html(masked))


def in_text(masked: str) -> list[Found]:
    found = []
    for start, end in places.addresses_in_text(masked):
        url = masked[start:end]
        if _is_tracked(url):
            found.append(Found(url, "", start, end))
    return found


def targets(html: str, text: str) -> tuple[list[tuple[str, str]], list[Found], list[int], list[Found], list[int]]:
    """(url, label) of each link in order; then the links of the HTML and of the text with the target of each.

    What is one link twice, for Outlook and for the others, is one target (`data-twin` says so of the first).
    A link of the text counts with its twin in the HTML: first with first, second with second; without a twin it is a
    target of its own.
    """
    html_links, text_links = in_html(html), in_text(text)
    all_targets: list[tuple[str, str]] = []
    html_numbers: list[int] = []
    waiting: dict[str, deque[int]] = {}
    for before, link in zip([None, *html_links], html_links, strict=False):
        if before is None or not before.is_twin:
            waiting.setdefault(resolved(link.url), deque()).append(len(all_targets))
            all_targets.append((link.url, link.label))
        html_numbers.append(len(all_targets) - 1)
    text_numbers = []
    for link in text_links:
        twins = waiting.setdefault(resolved(link.url), deque())
        if not twins:
            twins.append(len(all_targets))
            all_targets.append((link.url, "In the plain text"))
        text_numbers.append(twins.popleft() if len(twins) > 1 else twins[0])
    return all_targets, html_links, html_numbers, text_links, text_numbers


def replaced(
    masked: str, pieces: Sequence[Piece], links: Sequence[Found], names: Sequence[str]
) -> tuple[str, list[Piece]]:
    """The masked text with each link's address turned into an output of the name beside it."""
    out, pieces, at = [], list(pieces), 0
    for link, name in zip(links, names, strict=True):
        out += [masked[at : link.start], f"{places.OPEN}{len(pieces)}{places.CLOSE}"]
        pieces.append(Piece("output", name, tokens=(("name", name),), place="ours"))
        at = link.end
    return "".join(out) + masked[at:], pieces


def _in_html(masked: str) -> Iterator[Found]:
    tracked: list[tuple[re.Match[str], Attribute, str]] = []
    for tag in places.tags(masked):
        if not _LINK.fullmatch(tag["name"]):
            continue
        href = next((one for one in places.attributes(tag) if one.name == "href"), None)
        url = tidy(attribute_text(href.value)) if href else ""
        if href and _is_tracked(url):
            tracked.append((tag, href, url))
    for (tag, href, url), room in zip(tracked, _rooms(masked, [tag for tag, _, _ in tracked]), strict=True):
        yield Found(url, _label(masked, tag, room), href.start, href.start + len(href.value), _TWIN in tag[0])


def _rooms(masked: str, tags: Sequence[re.Match[str]]) -> list[int]:
    """How far the words of each link may reach: to the next link of its kind at most, as none stands in another."""
    ends: list[int] = []
    following: dict[str, int] = {}
    for tag in reversed(tags):
        kind = tag["name"].lower()
        ends.append(min(following.get(kind, len(masked)), tag.end() + _LONGEST))
        following[kind] = tag.start()
    return ends[::-1]


def _is_tracked(url: str) -> bool:
    return places.OPEN not in url and bool(resolved(url))


def _label(masked: str, tag: re.Match[str], room: int) -> str:
    """What the reader sees of the link: its words, else its picture's description."""
    end = _END.search(masked, tag.end(), room)
    if tag["name"].lower() == "area" or not end:
        return _alt(tag[0])
    inside = masked[tag.end() : end.start()]
    shown = (token.text if token.kind == "text" else " " for token in tokens(inside))
    words = " ".join(unescape(places.MASK.sub(" … ", "".join(shown))).split())
    return (words or _alt(inside))[:_LABEL_CHARS]


def _alt(markup: str) -> str:
    alt = _ALT.search(markup)
    return unescape(alt[1] or alt[2] or "")[:_LABEL_CHARS] if alt else ""
