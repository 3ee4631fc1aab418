"""HTML of mails: cleaned of what no mail may carry, its CSS written into the elements, made a whole page."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from campaigns.content import inlining, sanitising
from campaigns.content.inlining import Left
from campaigns.content.sanitising import Removed
from campaigns.content.tokens import tokens
from campaigns.merge.masking import Masks

__all__ = [
    "Left",
    "Prepared",
    "Removed",
    "Unusable",
    "clean",
    "complete",
    "escape_text",
    "inline",
    "preheader_block",
    "prepare",
    "visible_text",
    "with_preheader",
]

_DOCTYPE = re.compile(r"\s*(<!doctype[^>]*>)", re.IGNORECASE)
_HTML_TAG = re.compile(r"<html\b([^>]*)>", re.IGNORECASE)
_HEAD_TAG = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_BODY_TAG = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_TITLE = re.compile(r"<title\b[^>]*>\s*(.*?)\s*</title\s*>", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(r"<meta[^>]+charset[^>]*>", re.IGNORECASE)
_VIEWPORT = re.compile(r"<meta[^>]+name=[\"']?viewport", re.IGNORECASE)
_MARKUP = re.compile(r"<style\b.*?</style\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
# Keeps the first words of the mail out of the inbox line: nothing visible, and too long to leave room.
_FILLER = "&#847;&zwnj;&nbsp;" * 60
_HIDDEN = "display:none;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all;font-size:1px;line-height:1px"


class Unusable(ValueError):
    """HTML that no mail can be made of. Its text may be shown."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """HTML written by hand, ready to be sent: what was taken out of it, and what its style sheet alone still says."""

    html: str
    removed: tuple[Removed, ...]
    left: tuple[Left, ...]


@lru_cache(maxsize=32)
@lru_cache(maxsize=32)
def prepare(html: str) -> Prepared:
    """The author's page, cleaned and annotated; every other character stays as it was. Raises Unusable.

    Happens once a version and never per recipient.
    """
    masks = Masks(apart=True)
    cleaned, removed = sanitising.clean(masks.hide(_with_plain_line_ends(html)), masks)
    inlined = _inlined(cleaned, masks)
    return Prepared(masks.reveal(inlined.html), tuple(removed), inlined.left)


def clean(html: str) -> str:
    """The HTML without scripts, handlers, forms, refreshes, bases and outside style sheets; merge tags stay."""
    masks = Masks(apart=True)
    return masks.reveal(sanitising.clean(masks.hide(html), masks)[0])


@lru_cache(maxsize=32)
def inline(html: str) -> str:
    """The HTML with its CSS written into the elements as well, and not one other character changed. Raises Unusable."""
    masks = Masks(apart=True)
    return masks.reveal(_inlined(masks.hide(html), masks).html)


def _inlined(hidden: str, masks: Masks) -> inlining.Inlined:
    if not hidden.strip():
        raise Unusable("There is no HTML yet.")
    try:
        return inlining.inline(hidden, masks)
    except inlining.TooDeep:
        raise Unusable(
            f"Elements of this HTML stand in one another more than {inlining.MAX_DEPTH} levels deep, which mail"
            " programs cut off. An element that is never closed is often the cause."
        ) from None
    except inlining.TooMuch:
        raise Unusable(
            "The style sheet has so many rules for so many elements that they cannot be worked out in time."
            " Leave out the rules that this mail does not use."
        ) from None


def _with_plain_line_ends(html: str) -> str:
    return html.replace("\r\n", "\n").replace("\r", "\n")


def with_preheader(html: str, preheader: str) -> str:
    """The hidden first words of a mail at the beginning of its body."""
    if not preheader:
        return html
    masks = Masks(apart=True)
    hidden = masks.hide(html)
    at = 0
    for token in tokens(hidden):
        is_before = token.kind == "mark" or token.name in {"html", "head"}
        if is_before or (token.name == "body" and token.is_opening):
            at = token.start + len(token.text)
        if token.name == "body" or token.text.lower().startswith("</head"):
            break
        if token.is_opening and token.name not in {"html", "head", "meta", "title", "style", "base", "link"}:
            break
    return masks.reveal(hidden[:at]) + preheader_block(preheader) + masks.reveal(hidden[at:])


def complete(html: str, *, title: str = "", preheader: str = "", language: str = "en") -> str:
    """A whole page: language, character set, title and hidden preheader, where the author left them out."""
    html = clean(html)
    if not _HTML_TAG.search(html):
        doctype = _DOCTYPE.match(html)
        inner = html[doctype.end() :] if doctype else html
        html = f"<!doctype html>\n<html><head></head><body>{inner}</body></html>"
    html = _HTML_TAG.sub(
        lambda tag: tag[0] if "lang=" in tag[1] else f'<html lang="{language}"{tag[1]}>', html, count=1
    )
    head = "" if _CHARSET.search(html) else '<meta charset="utf-8">'
    head += "" if _VIEWPORT.search(html) else '<meta name="viewport" content="width=device-width, initial-scale=1">'
    known = _TITLE.search(html)
    if not known:
        head += f"<title>{escape_text(title)}</title>"
    elif not known[1]:
        html = html[: known.start()] + f"<title>{escape_text(title)}</title>" + html[known.end() :]
    if not _HEAD_TAG.search(html):
        html = _HTML_TAG.sub(lambda tag: f"{tag[0]}<head></head>", html, count=1)
    html = _HEAD_TAG.sub(lambda tag: tag[0] + head, html, count=1)
    if preheader:
        html = _BODY_TAG.sub(lambda tag: tag[0] + preheader_block(preheader), html, count=1)
    return html.rstrip() + "\n"


def preheader_block(preheader: str) -> str:
    return f'<div style="{_HIDDEN}">{escape_text(preheader)}{_FILLER}</div>'


def visible_text(html: str) -> str:
    """The words of a page, for looking something up in them."""
    return unescape(_MARKUP.sub(" ", html))


def escape_text(template: str) -> str:
    """Plain text as HTML; its merge tags stay."""
    masks = Masks()
    return masks.reveal(masks.hide(template, escape))
