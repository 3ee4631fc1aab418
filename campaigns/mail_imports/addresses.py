"""Addresses in a mail's HTML, wherever they stand: in attributes, styles, and what Outlook alone reads. Pure.

Only addresses that are given another change; every other character of the author's stays.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urljoin

Swap = Callable[[str], str]

_VALUE = r"""(?P<start>\b{names}\s*=\s*)(?:(?P<quote>["'])(?P<quoted>.*?)(?P=quote)|(?P<bare>[^\s"'<>`=]+))"""
_PICTURE = re.compile(_VALUE.format(names="(?:src|background|poster)"), re.IGNORECASE | re.DOTALL)
_LINK = re.compile(_VALUE.format(names="href"), re.IGNORECASE | re.DOTALL)
_SET = re.compile(_VALUE.format(names="srcset"), re.IGNORECASE | re.DOTALL)
_CSS = re.compile(
    r"""(?P<start>\burl\(\s*+)(?:(?P<quote>["']|&quot;)(?P<quoted>(?:(?!&quot;)[^)"'])*+)(?P=quote)(?P<end>\s*+\))"""
    r"""|(?P<bare>[^()"']*+)(?=\)))""",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"(\s*+)(\S++)((?:\s++[\d.]++[wx])?+\s*+)")
# What stands where an address may stand and is a merge tag in somebody's language.
_TAG = re.compile(r"\{\{|\{%|\*\||\[\[|%%|<%|\A%\w+%|\A\[\w+\]|\A\{\$?\w+\}|\A\$\{")
_WHOLE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#|\?\Z", re.IGNORECASE)
_NO_PICTURE = re.compile(r"\.(?:woff2?|ttf|otf|eot|css)(?:[?#]|\Z)|//fonts\.", re.IGNORECASE)  # letters, style sheets
_REMOTE = re.compile(r"https?://", re.IGNORECASE)


def with_pictures(html: str, swap: Swap) -> str:
    """`swap` gets an address unescaped and answers what takes its place; the same one: not a character changes."""
    html = _PICTURE.sub(lambda found: _attribute(found, swap), html)
    html = _SET.sub(lambda found: _attribute(found, lambda value: _candidates(value, swap)), html)
    return _CSS.sub(lambda found: _css(found, swap), html)


def pictures(html: str) -> list[str]:
    """Each once, in the order in which they first stand."""
    found: dict[str, None] = {}

    def note(address: str) -> str:
        if not _NO_PICTURE.search(address):
            found.setdefault(address)
        return address

    with_pictures(html, note)
    return list(found)


def remote(html: str) -> list[str]:
    """Pictures that another server gives out."""
    return [address for address in pictures(html) if _REMOTE.match(address) and not is_tag(address)]


def absolute(html: str, base: str) -> str:
    """What is relative to the page it came from leads to the same place from anywhere."""

    def swap(address: str) -> str:
        if not address.strip() or _WHOLE.match(address.strip()) or is_tag(address):
            return address
        try:
            return urljoin(base, address.strip())
        except ValueError:
            return address

    return _LINK.sub(lambda found: _attribute(found, swap), with_pictures(html, swap))


def is_relative(address: str) -> bool:
    return bool(address.strip()) and not _WHOLE.match(address.strip()) and not is_tag(address)


def is_tag(address: str) -> bool:
    return bool(_TAG.search(address))


def _attribute(found: re.Match[str], swap: Swap) -> str:
    written = found["quoted"] if found["quote"] else found["bare"]
    value = unescape(written)
    other = swap(value)
    if other == value:
        return found[0]
    quote = found["quote"] or '"'
    return f"{found['start']}{quote}{escape(other)}{quote}"


def _candidates(value: str, swap: Swap) -> str:
    found = ((part, _CANDIDATE.fullmatch(part)) for part in value.split(","))
    return ",".join(f"{one[1]}{swap(one[2])}{one[3]}" if one else part for part, one in found)


def _css(found: re.Match[str], swap: Swap) -> str:
    value = unescape(found["quoted"] if found["quote"] else found["bare"]).strip()
    other = swap(value)
    if other == value:
        return found[0]
    quote = found["quote"] or ""
    return f"{found['start']}{quote}{other}{quote}{found['end'] or ''}"
