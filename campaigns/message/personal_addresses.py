"""Addresses with merge tags in them, as they stand in a plain text."""

import re
from dataclasses import replace
from urllib.parse import quote

from accounts.web_addresses import ascii_host
from campaigns.merge import language, places
from campaigns.merge.syntax import Piece

_HOST = re.compile(r"(https?://)([^/?#:@]+)(?=[/?#:])", re.IGNORECASE)
_OURS = frozenset({"unsubscribe_url", "preferences_url", "view_url"})  # addresses already
_ANY_ASCII = "".join(map(chr, range(33, 127)))


def in_text(href: str) -> str:
    """The template with nothing in it that ends an address; a tag that is the whole of one says so by a filter."""
    try:
        pieces = language.read(href)
    except language.Broken:
        return href
    whole = places.whole_addresses(pieces)
    return "".join(map(_written, (replace(p, place="address") if n in whole else p for n, p in enumerate(pieces))))


def _written(piece: Piece) -> str:
    if piece.kind == "text":
        return quote(_HOST.sub(_with_ascii_host, piece.source), safe=_ANY_ASCII)
    if piece.place != "address" or piece.names <= _OURS:
        return piece.shown()
    is_simple = all(sign not in {"if", "else", "~", "and", "or", "not"} for _, sign in piece.tokens)
    return f"{{{{ {piece.source if is_simple else f'({piece.source})'}|url }}}}"


def _with_ascii_host(found: re.Match[str]) -> str:
    try:
        return found[1] + ascii_host(found[2])
    except ValueError:
        return found[0]
