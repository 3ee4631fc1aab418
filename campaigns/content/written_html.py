"""HTML written by hand that stands within a mail of blocks: cleaned, and whole, so that nothing round it changes."""

from campaigns.content import html, sanitising
from campaigns.merge.masking import Masks
from delivery.html_tokens import Token, tokens

_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_PAGE = frozenset({"html", "head", "body", "title", "meta"})  # of which the mail has its own

_PARTS = frozenset({"caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th"})  # only of its own table


def within(source: str) -> str:
    """What may stand in a cell of the mail: elements that begin in it end in it. Idempotent."""
    try:
        masks = Masks(apart=True)
        return masks.reveal(_whole(masks.hide(html.clean(source)))).strip()
    except sanitising.TooTangled:
        return ""


def _whole(hidden: str) -> str:
    out: list[str] = []
    is_open: list[str] = []
    for token in tokens(hidden):
        if token.kind == "mark" or token.name in _PAGE:
            continue
        if token.name in _PARTS and "table" not in is_open:
            continue
        if token.kind != "tag" or token.name in _VOID:
            out.append(token.text)
        elif token.is_opening:
            out.append(token.text)
            if not _closes_itself(token):
                is_open.append(token.name)
        elif token.name in is_open:
            while (last := is_open.pop()) != token.name:
                out.append(f"</{last}>")
            out.append(token.text)
    return "".join(out) + "".join(f"</{name}>" for name in reversed(is_open))


def _closes_itself(token: Token) -> bool:
    """Outlook's own elements do; others only look as if they did."""
    return token.text.endswith("/>") and ":" in token.name
