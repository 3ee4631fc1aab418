"""HTML of mails: cleaned of what no mail may carry, its CSS written into the elements, made a whole page."""

import logging
import re
from functools import lru_cache
from html import escape, unescape

from premailer import Premailer

from campaigns.content import sanitising
from campaigns.merge.masking import Masks

__all__ = ["Unusable", "clean", "complete", "escape_text", "inline", "preheader_block", "visible_text"]

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


def clean(html: str) -> str:
    """The HTML without scripts, handlers, forms, refreshes, bases and outside style sheets; merge tags stay."""
    masks = Masks(apart=True)
    return masks.reveal(sanitising.clean(masks.hide(html), masks))


@lru_cache(maxsize=32)
def inline(html: str) -> str:
    """The HTML with its CSS written into the elements; media queries, conditional comments and merge tags stay.

    Raises Unusable. Costs up to a second for a long mail, so it happens once a version and never per recipient.
    """
    if not html.strip():
        raise Unusable("There is no HTML yet.")
    doctype = _DOCTYPE.match(html)
    masks = Masks()
    hidden = masks.hide(html)
    try:
        page = Premailer(
            hidden,
            keep_style_tags=True,
            strip_important=False,
            disable_validation=True,
            allow_network=False,
            allow_loading_external_files=False,
            cssutils_logging_level=logging.CRITICAL,
        ).transform()
    except Exception as error:
        # lxml, cssutils and premailer each raise kinds of their own; all mean that the page cannot be read.
        raise Unusable(f"This HTML or its CSS cannot be read: {error}") from error
    # The parser writes a doctype of its own, or a lower-case one in capitals.
    page = _DOCTYPE.sub("", page, count=1).lstrip()
    return f"{doctype[1] if doctype else '<!doctype html>'}\n{masks.reveal(page)}"


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
