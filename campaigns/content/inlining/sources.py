"""The style sheets of a page: what its style elements say to a browser, and what Outlook's conditions say beside."""

import re
from collections.abc import Iterator, Sequence

from campaigns.content.inlining import sheet
from campaigns.content.inlining.sheet import Rule
from campaigns.merge.masking import Masks
from delivery.html_tokens import Token, attributes
from delivery.html_tokens import tokens as cut

_CONDITION = re.compile(r"<!(?:--)?\s*\[if\b([^\]]*)\]", re.IGNORECASE)
_END = re.compile(r"<!(?:--)?[\s<!-]*\[endif\]", re.IGNORECASE)
# What the author keeps out of inlining, in the words of the usual tools.
_KEPT_OUT = {"data-embed", "data-premailer", "data-inline", "embed", "inline"}


def style_rules(tokens: Sequence[Token], masks: Masks, *, ignores_case: bool) -> list[Rule]:
    return [
        rule
        for css, condition in _sheets(tokens, masks)
        for rule in sheet.rules(css, condition, ignores_case=ignores_case)
    ]


def _sheets(tokens: Sequence[Token], masks: Masks) -> Iterator[tuple[str, str]]:
    condition, opening = "", ""
    for token in tokens:
        if token.kind in {"comment", "mark"}:
            condition = _after(token.text, condition)
            if token.kind == "comment" and (hidden := _CONDITION.match(token.text)):
                for css in _sheets_within(token.text[hidden.end() :]):
                    yield css, f"Outlook’s [if {hidden[1].strip()}]"
        elif token.name == "style" and token.is_opening:
            opening = token.text
        elif token.kind == "raw" and token.name == "style":
            css = token.text
            holds = condition or _own_condition(opening)
            if masks.blocks.search(css):
                holds = "a merge tag in the style sheet"
            if holds is not None:
                yield css, holds


def _sheets_within(comment: str) -> Iterator[str]:
    for token in cut(comment):
        if token.kind == "raw" and token.name == "style":
            yield token.text


def _after(mark: str, condition: str) -> str:
    if _END.search(mark[-30:]):
        return ""
    found = _CONDITION.match(mark)
    # A comment that ends here and does not end the condition: what follows is seen by all but Outlook.
    return f"Outlook’s [if {found[1].strip()}]" if found else condition


def _own_condition(opening: str) -> str | None:
    """None: no browser reads it."""
    given = {found[1].lower(): (found[2] or "").strip("\"'").strip() for found in attributes(opening[6:-1])}
    if given.get("type", "").lower() not in {"", "text/css"}:
        return None
    media = given.get("media", "")
    if media and media.lower() != "all":
        return f"@media {media}"
    return "what its author keeps in the style sheet" if given.keys() & _KEPT_OUT else ""
