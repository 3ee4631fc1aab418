"""What preflight says of the elements of HTML written by hand: what mail programs and those who hear it make of it."""

import re
from collections.abc import Iterator, Sequence

from campaigns.message import unseen
from campaigns.preflight import places
from campaigns.preflight.findings import Finding
from delivery import html_tokens
from delivery.html_tokens import Token

_TAP_PX = 44  # WCAG 2.5.5
_USUAL_LETTERS_PX, _USUAL_LINE = 16.0, 1.2  # where a mail says nothing
_WIDTH = re.compile(r"(?:^|[;\s])(?:max-)?width\s*:", re.IGNORECASE)
_FIXED = re.compile(r"\bposition\s*:\s*(?:fixed|sticky)\b", re.IGNORECASE)
_PIXELS = re.compile(r"(\d+(?:\.\d+)?)(?:px)?")
_FACTOR = re.compile(r"\d(?:\.\d+)?")


def check(html: str) -> Iterator[Finding]:
    """`html`: as it is written."""
    written = list(html_tokens.tokens(html))
    yield from _tables(html, written)
    yield from _unsized(html, written)
    yield from _fixed(html, written)
    yield from _buttons(html, written)
    head = next((token for token in written if token.is_opening and token.name == "head"), None)
    if head and "color-scheme" not in html.lower():
        text = "The HTML says nothing of dark mode, so mail programs turn its colours round as they like."
        cure = 'Write <meta name="color-scheme" content="light dark"> into its head, and look at it dark on this page.'
        yield Finding("warn", "no-color-scheme", text, cure, "content", block=places.line(html, head.start))


def _tables(html: str, written: Sequence[Token]) -> Iterator[Finding]:
    """A table of figures has headings; any other is there for the layout, which who hears the mail need not know."""
    open_tables: list[tuple[Token, bool]] = []
    bare: list[Token] = []
    for token in written:
        if token.name == "table" and token.is_opening:
            open_tables.append((token, False))
        elif token.name == "th" and token.is_opening and open_tables:
            open_tables[-1] = (open_tables[-1][0], True)
        elif token.name == "table" and open_tables:
            table, has_headings = open_tables.pop()
            if not has_headings and not (html_tokens.values(table).get("role") or "").strip():
                bare.append(table)
    if bare:
        first = min(bare, key=lambda table: table.start)
        alone = "1 table is read aloud as a table of figures, because nothing says that it is there for the layout."
        many = f"{len(bare)} tables are read aloud as tables of figures, because nothing says that they are layout."
        text = alone if len(bare) == 1 else many
        cure = 'Write role="presentation" into each; give a table of figures headings (th).'
        yield Finding("warn", "table-role", text, cure, "content", block=places.line(html, first.start))


def _unsized(html: str, written: Sequence[Token]) -> Iterator[Finding]:
    bare = [token for token in written if token.name == "img" and token.is_opening and not _has_width(token)]
    if bare:
        text = "1 picture does" if len(bare) == 1 else f"{len(bare)} pictures do"
        text = (
            f"{text} not say how wide it is shown: Outlook takes the size of the file, and the mail jumps as it loads."
        )
        cure, block = 'Add width="…", in pixels without the unit.', places.line(html, bare[0].start)
        yield Finding("warn", "unsized-picture", text, cure, "content", block=block)


def _has_width(tag: Token) -> bool:
    given = html_tokens.values(tag)
    return bool(given.get("width")) or bool(_WIDTH.search(given.get("style") or ""))


def _fixed(html: str, written: Sequence[Token]) -> Iterator[Finding]:
    styles = ((token, (html_tokens.values(token).get("style") or "")) for token in written if token.is_opening)
    sheets = ((token, token.text) for token in written if token.kind == "raw" and token.name == "style")
    found = [(token.start, said) for token, said in (*styles, *sheets) if _FIXED.search(said)]
    if found:
        text = "Something is to stay in its place while people scroll (position: fixed), which no mail program does."
        cure, block = "Let it stand in the flow of the mail.", places.line(html, min(found)[0])
        yield Finding("warn", "fixed-position", text, cure, "content", block=block)


def _buttons(html: str, written: Sequence[Token]) -> Iterator[Finding]:
    """Links that look like buttons, where their own style says how high they are."""
    low = [
        (token, height)
        for token in written
        if token.name == "a" and token.is_opening and (height := _height(html_tokens.values(token).get("style") or ""))
        if height < _TAP_PX
    ]
    if low:
        token, height = low[0]
        text = f"A button is {height:.0f} pixels high; fingers need {_TAP_PX}."
        cure, block = "Give it more padding above and below its words.", places.line(html, token.start)
        yield Finding("warn", "low-button", text, cure, "content", block=block)


def _height(style: str) -> float:
    """0 where it cannot be told."""
    said = unseen.declarations(style)
    if not {"background", "background-color"} & said.keys() or said.get("display") not in {"block", "inline-block"}:
        return 0
    around = [_px(one) for one in said.get("padding", "").split()]
    above, below = (around[0], around[2 if len(around) > 2 else 0]) if around else (None, None)
    above, below = _px(said.get("padding-top", "")) or above, _px(said.get("padding-bottom", "")) or below
    size = _px(said.get("font-size", "")) or _USUAL_LETTERS_PX
    line = said.get("line-height", "")
    inside = size * float(line) if _FACTOR.fullmatch(line) else _px(line) or size * _USUAL_LINE
    return above + below + inside if above is not None and below is not None else 0


def _px(said: str) -> float | None:
    found = _PIXELS.fullmatch(said.strip())
    return float(found[1]) if found else None
