"""HTML of mails: cleaned of what no mail may carry, its CSS written into the elements, made a whole page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape

from campaigns.content import inlining, sanitising
from campaigns.content.inlining import Left
from campaigns.content.sanitising import Removed
from campaigns.merge.masking import Masks
from delivery.html_tokens import Token, tokens

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

_READINGS = 10
_VIEWPORT = re.compile(r"name=[\"']?viewport", re.IGNORECASE)
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


def prepare(html: str) -> Prepared:
    """The author's page, cleaned and annotated; every other character stays as it was. Raises Unusable.

    Happens once a version and never per recipient.
    """
    masks = Masks(apart=True)
    try:
        cleaned, removed = sanitising.clean(masks.hide(_with_plain_line_ends(html)), masks)
    except sanitising.TooTangled:
        raise Unusable("What this HTML may not carry is hidden in itself many times over. Leave it out.") from None
    inlined = _inlined(cleaned, masks)
    return Prepared(masks.reveal(inlined.html), tuple(removed), inlined.left)


def clean(html: str) -> str:
    """The HTML without scripts, handlers, forms, refreshes, bases and outside style sheets; merge tags stay.

    Where tags are broken, what is taken out may make others of them: so it is read anew until nothing is taken out.
    Raises TooTangled.
    """
    for _ in range(_READINGS):
        before, masks = html, Masks(apart=True)
        html = masks.reveal(sanitising.clean(masks.hide(html), masks)[0])
        if html == before:
            return html
    raise sanitising.TooTangled


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
    masks = Masks(apart=True)
    cleaned, _ = sanitising.clean(masks.hide(html), masks)
    cut = list(tokens(cleaned))
    if not any(token.is_opening and token.name == "html" for token in cut):
        cut = list(tokens(_framed(cut)))
    texts = [token.text for token in cut]
    first: dict[str, int] = {}
    for number, token in enumerate(cut):
        if token.is_opening:
            first.setdefault(token.name, number)
    if "lang=" not in texts[first["html"]]:
        texts[first["html"]] = f'<html lang="{language}"{texts[first["html"]][5:]}'
    metas = [token.text.lower() for token in cut if token.is_opening and token.name == "meta"]
    head = "" if any("charset" in meta for meta in metas) else '<meta charset="utf-8">'
    if not any(_VIEWPORT.search(meta) for meta in metas):
        head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    head += _titled(cut, texts, first.get("title"), escape_text(title))
    if "head" in first:
        texts[first["head"]] += head
    else:
        texts[first["html"]] += f"<head>{head}</head>"
    if preheader and "body" in first:
        texts[first["body"]] += preheader_block(preheader)
    return masks.reveal("".join(texts)).rstrip() + "\n"


def _framed(cut: Sequence[Token]) -> str:
    has_doctype = next((token.text[:9].lower() == "<!doctype" for token in cut if token.text.strip()), False)
    inner = "".join(token.text for token in cut if not (has_doctype and token.text[:9].lower() == "<!doctype"))
    return f"<!doctype html>\n<html><head></head><body>{inner}</body></html>"


def _titled(cut: Sequence[Token], texts: list[str], number: int | None, title: str) -> str:
    """An empty title is filled in its place; what is returned belongs into the head."""
    if number is None:
        return f"<title>{title}</title>"
    inside = cut[number + 1] if number + 1 < len(cut) else None
    if inside is None or inside.kind != "raw":
        texts[number] += title
    elif not inside.text.strip():
        texts[number + 1] = title
    return ""


def preheader_block(preheader: str) -> str:
    return f'<div style="{_HIDDEN}">{escape_text(preheader)}{_FILLER}</div>'


def visible_text(html: str) -> str:
    """The words of a page, for looking something up in them."""
    return unescape("".join(token.text if _is_shown(token) else " " for token in tokens(html)))


def _is_shown(token: Token) -> bool:
    return token.kind == "text" or (token.kind == "raw" and token.name == "title")


def escape_text(template: str) -> str:
    """Plain text as HTML; its merge tags stay."""
    masks = Masks()
    return masks.reveal(masks.hide(template, escape))
