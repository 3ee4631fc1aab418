"""The picture that tells of an opened mail."""

import re
from collections.abc import Sequence
from html import unescape

from campaigns.merge import places
from campaigns.merge.syntax import Piece

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_STYLE = re.compile(r"<(style|title)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"<img\b", re.IGNORECASE)
_IMG = '<img src="{0}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">'
# Outlook for Windows draws no grounds and reads the comment; everybody else the other way round.
_GROUND = (
    '<table role="presentation" width="1" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse">'
    '<tr><td background="{0}" width="1" height="1" style="width:1px;height:1px;padding:0;line-height:1px;font-size:0">'
    f"</td></tr></table><!--[if mso]>{_IMG}<![endif]-->"
)
# SpamAssassin's HTML_IMAGE_ONLY rules give up to 2.8 points for any picture beside up to 3,200 characters.
_FEW_CHARACTERS = 4_000


def added(html: str, pieces: Sequence[Piece], name: str) -> tuple[str, list[Piece]]:
    """The masked page with the picture, an output of ours called `name`.

    It comes early: a mail that is clipped for its length still counts as opened. In a short letter without pictures
    it is the ground of a cell, because filters take a picture beside few words for spam.
    """
    body = next((tag for tag in places.tags(html) if tag[0].lower().startswith("<body")), None)
    at = body.end() if body else 0
    mask = f"{places.OPEN}{len(pieces)}{places.CLOSE}"
    picture = Piece("output", name, tokens=(("name", name),), place="ours")
    form = _GROUND if _is_short_letter(html) else _IMG
    return html[:at] + form.format(mask) + html[at:], [*pieces, picture]


def _is_short_letter(html: str) -> bool:
    page = _COMMENT.sub("", html)
    if _PICTURE.search(page):
        return False
    page = _STYLE.sub("", page)
    marked_up = sum(len(tag[0]) for tag in places.tags(page))
    return len(unescape(page)) - marked_up < _FEW_CHARACTERS
