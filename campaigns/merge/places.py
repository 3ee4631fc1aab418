"""Where in HTML a merge tag stands, which decides how its value is made harmless."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from urllib.parse import quote

from campaigns.merge.syntax import Piece
from campaigns.message.encoding import one_line, tidy

OPEN, CLOSE = "\ue000", "\ue001"  # frame the number of a tag while other tools handle the text round it
MASK = re.compile(f"{OPEN}(\\d+){CLOSE}")
_MASKS_ALONE = re.compile(f"(?:{OPEN}\\d+{CLOSE}\\s*)*")
_TAG = re.compile(r"""<[a-zA-Z!/](?:[^<>"']|"[^"]*"|'[^']*')*>""")
_ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)\s*=\s*("[^"]*"|'[^']*')""")
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.IGNORECASE | re.DOTALL)
_ADDRESSES = frozenset({"href", "src", "background", "action", "poster", "cite"})
_WEB = ("http://", "https://", "mailto:", "tel:", "sms:")
_BARE_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE)
_UNSAFE_IN_STYLE = re.compile(r"[^\w#.%, -]")


def masked(pieces: Sequence[Piece]) -> str:
    """The literal text with every tag replaced by its number in a frame."""
    return "".join(
        piece.source if piece.kind == "text" else f"{OPEN}{number}{CLOSE}" for number, piece in enumerate(pieces)
    )


def placed(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of an HTML template, each output knowing its place."""
    text = masked(pieces)
    places: dict[int, str] = {}
    for style in _STYLE.finditer(text):
        places.update((int(number), "style") for number in MASK.findall(style[1]))
    for tag in _TAG.finditer(text):
        if OPEN in tag[0]:
            places.update(_in_tag(tag[0], pieces))
    return [replace(piece, place=places.get(number, "text")) for number, piece in enumerate(pieces)]


def unmasked(text: str, pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces in the order in which the masks stand in `text`."""
    parts = MASK.split(text)
    ordered: list[Piece] = []
    for number, part in enumerate(parts):
        if number % 2:
            ordered.append(pieces[int(part)])
        elif part:
            ordered.append(Piece("text", part))
    return ordered


def at(piece: Piece, place: str) -> Piece:
    return replace(piece, place=place)


def _in_tag(tag: str, pieces: Sequence[Piece]) -> dict[int, str]:
    places = dict.fromkeys(map(int, MASK.findall(tag)), "bare")
    for name, quoted in _ATTRIBUTE.findall(tag):
        value = quoted[1:-1]
        for mask in MASK.finditer(value):
            number = int(mask[1])
            if name.lower() in _ADDRESSES:
                before = [int(other) for other in MASK.findall(value[: mask.start()])]
                leads = _MASKS_ALONE.fullmatch(value[: mask.start()].strip())
                whole = leads and all(pieces[other].kind == "block" for other in before)
                places[number] = "address" if whole else "part"
            else:
                places[number] = "style" if name.lower() == "style" else "text"
    return places


def _address(value: str) -> str:
    """A whole web address from a contact's record: nothing but http, https, mailto, tel and sms leads anywhere."""
    value = one_line(value).replace(" ", "%20")
    if not value.lower().startswith(_WEB):
        value = f"https://{value}" if _BARE_HOST.match(value) else ""
    return escape(quote(value, safe=":/?#[]@!$&'()*+,;=%-._~"))


# How a value is written in each place; values are text already.
HARMLESS: dict[str, Callable[[str], str]] = {
    "text": lambda value: escape(tidy(value)),
    "address": _address,
    "part": lambda value: quote(one_line(value), safe=""),
    "style": lambda value: _UNSAFE_IN_STYLE.sub("", one_line(value)),
    "bare": lambda value: _UNSAFE_IN_STYLE.sub("", one_line(value)).replace(" ", ""),  # an attribute without quotes
    "plain": tidy,
    "ours": str,  # addresses we made: nothing in them needs care
    "header": one_line,
}
