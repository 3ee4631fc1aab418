"""A link that no person sees, hears or reaches by keyboard: who follows it is a program that checks all links.

Empty, so that no mail program has anything to draw, read out or stop at, and no filter finds hidden words. It stands at
the end of the HTML, never in the plain text, and is no link of the batch: it is counted nowhere.
"""

from collections.abc import Sequence

from campaigns.merge import places
from campaigns.merge.syntax import Piece

_LINK = '<a style="display:none;mso-hide:all" aria-hidden="true" tabindex="-1" href="{0}"></a>'


def added(html: str, pieces: Sequence[Piece], name: str) -> tuple[str, list[Piece]]:
    """The masked page with the link, whose address is an output of ours called `name`."""
    end = html.lower().rfind("</body")
    at = end if end >= 0 else len(html)
    mask = f"{places.OPEN}{len(pieces)}{places.CLOSE}"
    link = Piece("output", name, tokens=(("name", name),), place="ours")
    return html[:at] + _LINK.format(mask) + html[at:], [*pieces, link]
