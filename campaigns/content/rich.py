"""The small HTML of a text block: what its editor can show, and nothing else."""

import re
from html import escape, unescape

import nh3

from accounts.web_addresses import completed
from campaigns.merge.masking import Masks

_DIRECTED = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "table", "td", "th")
_CELLS = {"colspan", "rowspan"}
_TAGS = {"br", "strong", "em", "b", "i", "a", "tbody", "thead", "tr", *_DIRECTED}
_ATTRIBUTES = {tag: {"dir"} for tag in _DIRECTED} | {"a": {"href"}, "td": {"dir", *_CELLS}, "th": {"dir", *_CELLS}}
_NAMES = {"b": "strong", "i": "em", "h4": "h3", "h5": "h3", "h6": "h3"}
_NAMED = re.compile(rf"<(/?)({'|'.join(_NAMES)})(?=[ >])")
_NO_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)
_HREF = re.compile(r'<a href="([^"]*)">')


def clean_rich(html: str) -> str:
    """Paragraphs, headings, lists, tables, emphasis and links; merge tags stay. Idempotent.

    A link that leads nowhere is none: it would look like one all the same.
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
    return masks.reveal(_HREF.sub(_with_scheme, _NO_LINK.sub(r"\1", cleaned)))


def _kept(tag: str, name: str, value: str) -> str | None:
    if name == "dir":
        return value.lower() if value.lower() in {"rtl", "ltr", "auto"} else None
    if name in _CELLS:
        return value if value.isascii() and value.isdigit() and 1 < int(value[:4]) <= 100 else None
    return value if value.strip() else None


def _with_scheme(link: re.Match[str]) -> str:
    return f'<a href="{escape(completed(unescape(link[1])))}">'
