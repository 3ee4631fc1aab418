"""A mail of blocks as MJML, ready for the compiler, and the page that comes of it. Pure: it may run anywhere."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from mjml import mjml2html

from campaigns.content import html
from campaigns.merge.masking import Masks

# What XML 1.0 cannot hold, such as the vertical tabs that come along from a word processor.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PICTURE = re.compile(r"<img [^>]*+(?:>|\Z)")
_ALT = re.compile(r'\balt="(\w++)"')
_STYLE = ' style="'


@dataclass(frozen=True, slots=True)
class Drawing:
    """`word` and `tags` are the masks of the merge tags in `mjml`; `alt_inks` the colour of each masked description."""

    mjml: str
    word: str
    tags: tuple[str, ...]
    alt_inks: dict[str, str]
    title: str
    preheader: str
    language: str

    def as_job(self) -> dict[str, Any]:
        return asdict(self)

    def content(self) -> list[Any]:
        """The same for the same mail: without the word, which is another each time."""
        inks = {mask.replace(self.word, "@"): ink for mask, ink in self.alt_inks.items()} if self.word else {}
        mjml = self.mjml.replace(self.word, "@") if self.word else self.mjml
        return [mjml, self.tags, inks, self.title, self.preheader, self.language]


def finished(drawing: Drawing) -> str:
    """A whole HTML page with merge tags still in it."""
    page = mjml2html(_NO_XML.sub("", drawing.mjml), fonts={}, disable_comments=False)
    inked = _PICTURE.sub(lambda picture: with_ink(picture[0], drawing.alt_inks), page)
    masks = Masks.of(drawing.word, drawing.tags)
    return html.complete(
        masks.reveal(inked), title=drawing.title, preheader=drawing.preheader, language=drawing.language
    )


def with_ink(picture: str, inks: dict[str, str]) -> str:
    """A description that can be read where the picture would be; the compiler has no colour for it."""
    alt = _ALT.search(picture)
    before, style, after = picture.partition(_STYLE)
    return f"{before}{style}color:{inks[alt[1]]};{after}" if alt and style and alt[1] in inks else picture
