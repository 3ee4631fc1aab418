"""The small HTML of a text block: what its editor can show, and nothing else."""

import re
from functools import lru_cache
from html import escape, unescape

import nh3

from accounts.web_addresses import completed
from campaigns.merge.masking import Masks

_DIRECTED = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "td", "th")
_ALIGNED = ("p", "h1", "h2", "h3", "h4", "h5", "h6")
_CELLS = {"colspan", "rowspan"}
_TAGS = {"br", "strong", "em", "b", "i", "a", "span", "tbody", "thead", "tr", *_DIRECTED}
_ATTRIBUTES = (
    {tag: {"dir"} for tag in _DIRECTED}
    | {tag: {"dir", "align"} for tag in _ALIGNED}
    | {"a": {"href"}, "span": {"data-ink"}, "td": {"dir", *_CELLS}, "th": {"dir", *_CELLS}}
)
# Colours of the brand that words may have: what is stored names one, and each mail says what it is there.
INKS = {"brand": "Brand colour", "accent": "Second colour", "muted": "Grey"}
_SPAN = re.compile(r"<(/?)span([^<>]*)>")
_NAMES = {"b": "strong", "i": "em", "h4": "h3", "h5": "h3", "h6": "h3"}
_NAMED = re.compile(rf"<(/?)({'|'.join(_NAMES)})(?=[ >])")
_NO_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)
_HREF = re.compile(r'<a href="([^"]*)">')


@lru_cache(maxsize=256)
def clean_rich(html: str) -> str:
    """Paragraphs, headings, lists, tables, emphasis, colours of the brand and links; merge tags stay. Idempotent.

    A link that leads nowhere is none: it would look like one all the same. Of a mail that is looked at or written, all
    texts are cleaned again and again, and at most one of them has changed.
    """
    masks = Masks()
    cleaned = nh3.clean(
        masks.hide(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "tel", "sms"},
        link_rel=None,
    )
    cleaned = _NAMED.sub(lambda tag: f"<{tag[1]}{_NAMES[tag[2]]}", cleaned)
    return masks.reveal(_HREF.sub(_with_scheme, _NO_LINK.sub(r"\1", _without_bare_spans(cleaned))))


def _without_bare_spans(html: str) -> str:
    kept: list[bool] = []

    def seen(tag: re.Match[str]) -> str:
        if not tag[1]:
            kept.append(bool(tag[2]))
            return tag[0] if tag[2] else ""
        return tag[0] if kept and kept.pop() else ""

    return _SPAN.sub(seen, html)


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "dir":
        return value.lower() if value.lower() in {"rtl", "ltr", "auto"} else None
    if name == "align":
        return value.lower() if value.lower() in {"left", "center", "right"} else None
    if name == "data-ink":
        return value if value in INKS else None
    if name in _CELLS:
        return value if value.isascii() and value.isdigit() and 1 < int(value[:4]) <= 100 else None
    return value if value.strip() else None


def _with_scheme(link: re.Match[str]) -> str:
    return f'<a href="{escape(completed(unescape(link[1])))}">'
