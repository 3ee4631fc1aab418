"""Kinds that are words: heading, text, quote, table, HTML."""

import re

from accounts.colours import LINE, readable
from campaigns.content.blocks.fields import BAND, INK, Field, align
from campaigns.content.blocks.kind import Block, Kind
from campaigns.content.blocks.look import Look

_HEADINGS = {"1": ("30px", "1.25"), "2": ("22px", "1.3"), "3": ("17px", "1.4")}
_FIGURE = re.compile(r"[-+−]?[€$£¥]?\s?\d[\d.,\s\u00a0']*\s?(?:%|€|\$|£|¥|[A-Z]{3})?")


def heading(block: Block, look: Look) -> list[str]:
    size, height = _HEADINGS[block["level"]]
    above = 8 if look.in_column else 20  # in line with a text in the column beside it
    large = ' css-class="large"' if block["level"] == "1" else ""
    tag = f"h{block['level']}"
    words = f'<{tag} style="margin:0;font:inherit;color:inherit">{look.text(block["text"])}</{tag}>'
    return [
        f'<mj-text{large} align="{block["align"]}" color="{look.ink}" font-family="{look.head_font}"'
        f' font-size="{size}" line-height="{height}" font-weight="700" padding="{above}px {look.side}px 4px">'
        f"{words}</mj-text>"
    ]


def text(block: Block, look: Look) -> list[str]:
    above = 18 if look.band != "paper" and not look.in_column else 8
    return [
        f'<mj-text css-class="words" color="{look.ink}" align="{block["align"]}"'
        f' padding="{above}px {look.side}px 4px">{look.rich(block["html"])}</mj-text>'
    ]


def quote(block: Block, look: Look) -> list[str]:
    bar = look.ink if look.is_full else look.theme.colour
    by = f'<p style="margin:8px 0 0;font-size:14px">— {look.text(block["by"])}</p>' if block["by"] else ""
    return [
        f'<mj-raw><tr><td style="padding:16px {look.side}px"><table role="presentation" cellpadding="0"'
        f' cellspacing="0" width="100%"><tr><td width="4" bgcolor="{bar}" style="width:4px"></td><td'
        f' style="padding:2px 0 2px 18px"><div style="color:{look.ink};font-size:20px;line-height:1.45;font-family:'
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
        f'<mj-raw><tr><td class="cells" style="padding:12px {look.side}px"><table width="100%"'
        f' cellpadding="8" cellspacing="0" style="border-collapse:collapse;color:{look.ink};'
        f'font-size:15px;line-height:1.4">{"".join(lines)}</table></td></tr></mj-raw>'
    ]


def _cell(words: str, is_figure: bool, look: Look, *, is_head: bool) -> str:
    tag, scope = ("th", ' scope="col"') if is_head else ("td", "")
    align = "right" if is_figure else "left"
    edge = f"2px solid {readable(look.theme.colour, look.ground)}" if is_head else f"1px solid {LINE}"
    return f'<{tag}{scope} align="{align}" style="border-bottom:{edge}">{look.text(words.strip())}</{tag}>'


def _is_figures(cells: list[str]) -> bool:
    said = [cell.strip() for cell in cells if cell.strip()]
    return bool(said) and all(map(_FIGURE.fullmatch, said))


def code(block: Block, look: Look) -> list[str]:
    if not block["code"].strip():
        return look.placeholder("Write HTML", 60)
    inside = look.masks.keep(block["code"])
    return [
        f'<mj-raw><tr><td class="code" style="padding:8px {look.side}px;color:{look.ink};'
        f'font-size:16px;line-height:1.6">{inside}</td></tr></mj-raw>'
    ]


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
            INK,
            BAND,
        ),
        heading,
        words="text",
    ),
    Kind(
        "text",
        "Text",
        "Paragraphs, lists and links",
        "words",
        "text",
        (Field("html", "Text", "rich", example="Write here."), align(), INK, BAND),
        text,
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
            INK,
            BAND,
        ),
        quote,
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
            INK,
            BAND,
        ),
        table,
    ),
    Kind(
        "code",
        "HTML",
        "HTML of your own, cleaned of what no mail may carry",
        "words",
        "code",
        (Field("code", "HTML", "code", help="Everything but scripts, forms and outside style sheets."), BAND),
        code,
    ),
)
