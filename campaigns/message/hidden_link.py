"""A link that no person sees, hears or reaches by keyboard: who follows it is a program that checks all links.

Empty, so that no mail program has anything to draw, read out or stop at, and no filter finds hidden words. It stands at
the end of the HTML, never in the plain text, and is no link of the batch: it is counted nowhere.

Where the addresses of a mail would be of an odd number it stands there twice, the second time as another address:
rspamd takes an odd number for the sign of a carelessly made mail (URI_COUNT_ODD, 1.0).
"""

from collections.abc import Sequence

from campaigns.merge import places
from campaigns.merge.syntax import Piece
from delivery import html_tokens

_LINK = '<a style="display:none;mso-hide:all" aria-hidden="true" tabindex="-1" href="{0}"></a>'
_SECOND = "?2"


def added(html: str, pieces: Sequence[Piece], name: str) -> tuple[str, list[Piece]]:
    """The masked page with the link, whose address is an output of ours called `name`."""
    end = html.lower().rfind("</body")
    at = end if end >= 0 else len(html)
    mask = f"{places.OPEN}{len(pieces)}{places.CLOSE}"
    link = Piece("output", name, tokens=(("name", name),), place="ours")
    links = _LINK.format(mask)
    pieces = [*pieces, link]
    if len(_addresses(html, pieces)) % 2 == 0:  # the link itself makes one more
        links += _LINK.format(f"{places.OPEN}{len(pieces)}{places.CLOSE}{_SECOND}")
        pieces.append(link)
    return html[:at] + links + html[at:], pieces


def _addresses(html: str, pieces: Sequence[Piece]) -> set[str]:
    """Of links and pictures that are seen at all, each once."""
    found = (html_tokens.values(token) for token in html_tokens.tokens(html) if token.is_opening)
    written = (given.get(name) or "" for given in found for name in ("href", "src"))
    return {places.MASK.sub(lambda mask: pieces[int(mask[0][1:-1])].source, address) for address in written if address}
