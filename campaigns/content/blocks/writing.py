"""Kinds that are words: heading, text, quote, table, HTML."""

import re
from collections.abc import Iterator

from accounts.brands.colours import LINE, readable
from campaigns.content.blocks.fields import BAND, LETTERS, ROOM, Field, align
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.look import LAYOUT, Look, Usual
from delivery.html_tokens import tokens

_HEADINGS = {"1": (30, "1.25"), "2": (22, "1.3"), "3": (17, "1.4")}
_HEADING = re.compile(r"<h[1-6](?=[\s/>])", re.IGNORECASE)
_HIGH = 26  # pixels from which lines stand closer
_FIGURE = re.compile(r"[-+−]?[€$£¥]?\s?\d[\d.,\s\u00a0']*\s?(?:%|€|\$|£|¥|[A-Z]{3})?")


def heading(block: Block, look: Look) -> list[str]:
    height = _HEADINGS[block["level"]][1] if look.size <= _HIGH else "1.25"
    large = f' css-class="{name}"' if (name := look.classes()) else ""
    tag = look.heading(int(block["level"]))
    words = f'<{tag} style="margin:0;font:inherit;color:inherit">{look.text(block["text"])}</{tag}>'
    return [
        f'<mj-text{large} align="{look.aligned(block["align"])}" color="{look.ink}" font-family="{look.head_font}"'
        f' font-size="{look.size}px" line-height="{height}" font-weight="700" padding="{look.room()}">'
        f"{words}</mj-text>"
    ]


def _usual_heading(block: Block, look: Look) -> Usual:
    above = 8 if look.in_column else 20  # in line with a text in the column beside it
    return Usual(_HEADINGS[block["level"]][0], above, 4, is_heading=True)


def _usual_text(_block: Block, look: Look) -> Usual:
    return Usual(above=18 if look.band != "paper" and not look.in_column else 8, below=4)


def text(block: Block, look: Look) -> list[str]:
    return [
        f'<mj-text css-class="{look.classes("words")}" color="{look.ink}" align="{look.aligned(block["align"])}"'
        f' font-size="{look.size}px" padding="{look.room()}">{look.rich(block["html"])}</mj-text>'
    ]


def quote(block: Block, look: Look) -> list[str]:
    bar = look.ink if look.is_full else look.theme.colour
    inside = "2px 18px 2px 0" if look.theme.is_rtl else "2px 0 2px 18px"
    by = f'<p style="margin:8px 0 0;font-size:14px">— {look.text(block["by"])}</p>' if block["by"] else ""
    return [
        f'<mj-raw><tr><td{look.row_class()} style="padding:{look.room()}"><table {LAYOUT}'
        f' width="100%"><tr><td width="4" bgcolor="{bar}" style="width:4px"></td><td style="padding:{inside}"><div'
        f' style="color:{look.ink};font-size:{look.size}px;line-height:1.45;font-family:'
        f'{look.head_font}"><blockquote style="margin:0">{look.text(block["text"])}</blockquote>{by}</div></td>'
        "</tr></table></td></tr></mj-raw>"
    ]


def table(block: Block, look: Look) -> list[str]:
    """A table of data: its first row heads the columns, and columns of figures line up at the right."""
    rows = [line.split("\t") for line in block["rows"].split("\n") if line.strip()]
    if not rows:
        return look.placeholder("Paste rows of a spreadsheet", 60)
    count = max(map(len, rows))
    rows = [[*row, *[""] * (count - len(row))] for row in rows]
    has_head = block["head"] == "yes" and len(rows) > 1
    figures = [_is_figures([row[n] for row in rows[has_head:]]) for n in range(count)]
    lines = [
        "<tr>"
        + "".join(_cell(cell, figures[n], look, is_head=has_head and not at) for n, cell in enumerate(row))
        + "</tr>"
        for at, row in enumerate(rows)
    ]
    return [
        f'<mj-raw><tr><td{look.row_class("cells")} style="padding:{look.room()}"><table width="100%"'
        f' border="0" cellpadding="8" cellspacing="0" style="border-collapse:collapse;color:{look.ink};'
        f'font-size:{look.size}px;line-height:1.4">{"".join(lines)}</table></td></tr></mj-raw>'
    ]


def _cell(words: str, is_figure: bool, look: Look, *, is_head: bool) -> str:
    tag, scope = ("th", ' scope="col"') if is_head else ("td", "")
    align = look.aligned("right" if is_figure else "left")
    edge = f"2px solid {readable(look.theme.colour, look.ground)}" if is_head else f"1px solid {LINE}"
    return (
        f'<{tag}{scope} align="{align}" style="border-bottom:{edge}">{look.in_cell(look.text(words.strip()))}</{tag}>'
    )


def _is_figures(cells: list[str]) -> bool:
    said = [cell.strip() for cell in cells if cell.strip()]
    return bool(said) and all(map(_FIGURE.fullmatch, said))


def code(block: Block, look: Look) -> list[str]:
    if not block["code"].strip():
        return look.placeholder("Write HTML", 60)
    for level in _levels(block["code"]):
        look.outline.stands(level)
    inside = look.masks.keep(block["code"])
    return [
        f'<mj-raw><tr><td class="code" style="padding:{look.room()};color:{look.ink};'
        f'font-size:16px;line-height:1.6">{inside}</td></tr></mj-raw>'
    ]


def _levels(code: str) -> Iterator[int]:
    """Of its headings, which are the author's to say."""
    if _HEADING.search(code):
        yield from (int(token.name[1]) for token in tokens(code) if token.is_opening and _HEADING.match(token.text))


KINDS = (
    Kind(
        "heading",
        "Heading",
        "A line that says what follows",
        "words",
        "heading",
        (
            Field("text", "Text", "text", example="A heading"),
            Field("level", "Size", "choice", "1", choices=(("1", "Large"), ("2", "Medium"), ("3", "Small"))),
            align(),
            BAND,
        ),
        heading,
        own=(*LETTERS, *ROOM),
        usual=_usual_heading,
        words="text",
    ),
    Kind(
        "text",
        "Text",
        "Paragraphs, lists and links",
        "words",
        "text",
        (Field("html", "Text", "rich", example="Write here."), align(), BAND),
        text,
        own=(*LETTERS, *ROOM),
        usual=_usual_text,
        words="html",
    ),
    Kind(
        "quote",
        "Quote",
        "What somebody said",
        "words",
        "quote",
        (
            Field("text", "Words", "text", example="Somebody’s own words"),
            Field("by", "Who said it", "text", help="May stay empty."),
            BAND,
        ),
        quote,
        own=(*LETTERS, *ROOM),
        usual=lambda _block, _look: Usual(20, 16, 16, is_heading=True),
        words="text",
    ),
    Kind(
        "table",
        "Table",
        "Rows and columns: prices, times, results",
        "words",
        "table",
        (
            Field("rows", "Rows", "grid", help="Paste from a spreadsheet, or put a tab between the cells of a line."),
            Field("head", "First row", "choice", "yes", choices=(("yes", "Heads the columns"), ("no", "Is a row"))),
            BAND,
        ),
        table,
        own=(*LETTERS, *ROOM),
        usual=lambda _block, _look: Usual(15, 12, 12),
    ),
    Kind(
        "code",
        "HTML",
        "HTML of your own, cleaned of what no mail may carry",
        "words",
        "code",
        (Field("code", "HTML", "code", help="Everything but scripts, forms and outside style sheets."), BAND),
        code,
        own=ROOM,
        usual=lambda _block, _look: Usual(above=8, below=8),
    ),
)
