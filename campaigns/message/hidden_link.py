"""A link that no person sees, hears or reaches by keyboard: who follows it is a program that checks all links.

Empty, so that no mail program has anything to draw, read out or stop at, and no filter finds hidden words. It stands at
the end of the HTML, never in the plain text, and is no link of the batch: it is counted nowhere.

Where the addresses of a mail, HTML and plain text together, would be of an odd number it stands there twice, the second
time as another address: rspamd takes an odd number for the sign of a carelessly made mail (URI_COUNT_ODD, 1.0).
"""

from collections.abc import Sequence

from campaigns.merge import places
from campaigns.merge.syntax import Piece
from delivery import html_tokens

_LINK = '<a style="display:none;mso-hide:all" aria-hidden="true" tabindex="-1" href="{0}"></a>'
_SECOND = "?2"


def added(html: str, pieces: Sequence[Piece], name: str, in_text: int) -> tuple[str, list[Piece]]:
    """The masked page with the link, whose address is an output of ours called `name`. `in_text`: as addresses says."""
    end = html.lower().rfind("</body")
    at = end if end >= 0 else len(html)
    mask = f"{places.OPEN}{len(pieces)}{places.CLOSE}"
    link = Piece("output", name, tokens=(("name", name),), place="ours")
    links = _LINK.format(mask)
    pieces = [*pieces, link]
    if (_addresses(html) + in_text) % 2 == 0:  # the link itself makes one more
        links += _LINK.format(f"{places.OPEN}{len(pieces)}{places.CLOSE}{_SECOND}")
        pieces.append(link)
    return html[:at] + links + html[at:], pieces


def addresses(text: str, pieces: Sequence[Piece]) -> int:
    """How many stand in a masked plain text, written out or as merge tags that are one as a whole."""
    tags = (pieces[int(number)] for number in places.MASK.findall(text))
    written = len(list(places.addresses_in_text(places.MASK.sub(" ", text))))
    return written + sum(piece.kind == "output" and any(map(_is_address, piece.names)) for piece in tags)


def _addresses(html: str) -> int:
    """Of links and pictures that are seen at all; rspamd counts no ground of a cell."""
    found = (html_tokens.values(token) for token in html_tokens.tokens(html) if token.is_opening)
    written = ((given.get(name) or "").strip() for given in found for name in ("href", "src"))
    return sum(address.startswith(("http", places.OPEN)) for address in written)


def _is_address(name: str) -> bool:
    return name.startswith("_link") or name.endswith("_url")
