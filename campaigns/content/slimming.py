"""HTML of the MJML compiler with fewer bytes and the same picture."""

import re
from collections.abc import Sequence

_OPTIONAL = re.compile(r"</?tbody>")
_LAST = re.compile(r';(?=")')
_NOTHING = re.compile(r"(?<=[: ])0px(?=[; \"])")
_OLD_IE = "[if mso | IE]"
_BETWEEN = re.compile(r"<!\[endif\]--><!--\[if mso\]>")
_TWICE = re.compile(r"background:(#[0-9a-f]{6});background-color:\1")
_UNUSED = re.compile(r' class="[\w-]+-outlook"| class="mj-outlook-group-fix mj-column-per-100"|direction:ltr;')
# What the frame says once for everything in it, and what its compiler repeats on cell and element.
_SAID = re.compile(r"font-family:inherit;|;word-break:break-word")
_NO_LETTERS = re.compile(r'(?<=style=")font-size:0;(?=padding)')
_ALIGNED = re.compile(r'(<td align="(left|center)"[^<>]*><div style="[^"<>]*?)text-align:\2;')
_WHITE = re.compile(r"(?<=[;\"]color:)#ffffff\b")

_LAYOUT = 'border="0" cellpadding="0" cellspacing="0" role="presentation"'
_GHOST = rf"<!--\[if mso\]><table {_LAYOUT}><tr><td [^<>]*><!\[endif\]-->"
_GHOST_ENDS = "<!--[if mso]></td></tr></table><![endif]-->"
_OF_OUTLOOK = re.compile(r'<td style="vertical-align:(top|middle);width:(\d+)[\d.]*px"')
_OF_TABLE = re.compile(r'(<table [^<>]*width="100%") style="vertical-align:(?:top|middle)"')
_AS_WIDE = re.compile(r' align="center"(?=[^<>]* style="[^"]*width:100%")')
_BY_STYLE = re.compile(r' style="(?:([^"]*);)?width:100%"(?=><tr>)')  # Outlook goes by the attribute
_TWICE_WIDE = re.compile(r'(?<= width="600") style="width:600px"')
# A ground is the table's: nothing of the element round it is seen.
_GROUND = re.compile(r'(<div class="\w+" style=")background(?:-color)?:#[^"]*?;(margin:0 auto;max-width:)')
_TWICE_ROUND = '<div style="line-height:0;font-size:0">'
# Each said a second time behind it, and for the whole page, and as it is anyway.
_OF_PICTURE = re.compile(r" center top / cover no-repeat(?=;)| xmlns:v=\"[^\"]*\"(?= fill)| fill=\"true\"(?= stroke)")
# Columns below one another where style sheets are not read; the frame's sheet puts them side by side.
_COLUMN = re.compile(
    r'<div class="mj-outlook-group-fix mj-column-per-([\d-]+) b" style="font-size:0;text-align:left;'
    r'display:inline-block;vertical-align:(top|middle);width:100%"'
)
# Columns that stay side by side everywhere are cells of a table.
_CELL = (
    r'<div class="mj-outlook-group-fix mj-column-per-[\d-]+ b"'
    r' style="[^"]*vertical-align:(top|middle);width:([\d.]+%)">'
)
_FIRST_CELL = re.compile(rf'{_GHOST}<div class="mj-column-per-100 [^<>]*>{_GHOST}{_CELL}')
_NEXT_CELL = re.compile(rf"</div><!--\[if mso\]></td><td [^<>]*><!\[endif\]-->{_CELL}")
_AS_CELL = r'<td class="b" valign="\1" width="\2">'
_CELLS = f'<table {_LAYOUT} width="100%" style="table-layout:fixed;text-align:left"><tr>'
# A column by itself needs no cell in Outlook, and without room round it no table of its own.
_ALONE = re.compile(rf"{_GHOST}(?=<div [^<>]*><table [^<>]*>\Z)")
_BARE = re.compile(r'"><tr><td style="[^"]*padding:0;[^"]*"><div style="[^"]*"><table [^<>]*>\Z')


def slim(part: str) -> str:
    part = _UNUSED.sub("", _OPTIONAL.sub("", part))
    part = _TWICE.sub(r"background-color:\1", _LAST.sub("", _NOTHING.sub("0", part)))
    return closed_up(part.replace(_OLD_IE, "[if mso]").replace(" />", "/>"))


def slim_row(part: str) -> str:
    """Of rows of a column."""
    return _WHITE.sub("#fff", _ALIGNED.sub(r"\1", _NO_LETTERS.sub("", _SAID.sub("", slim(part)))))


def slim_section(parts: Sequence[str]) -> list[str]:
    """Of what stands around columns: before the first, between two, behind the last."""
    first, *between, last = map(_slim_around, parts)
    if _TWICE_ROUND in first:
        first, last = first.replace(_TWICE_ROUND, ""), last.replace("</table></div></div>", "</table></div>")
    if _FIRST_CELL.search(first):
        first = _FIRST_CELL.sub(_CELLS + _AS_CELL, first)
        between = [_NEXT_CELL.sub(f"</td>{_AS_CELL}", part) for part in between]
        last = last.replace(f"</div>{_GHOST_ENDS}</div>{_GHOST_ENDS}", "</td></tr></table>", 1)
    elif not between and _ALONE.search(first):
        first, last = _ALONE.sub("", first), last.replace(_GHOST_ENDS, "", 1)
        if _BARE.search(first):
            first, last = _BARE.sub(';font-size:0">', first), last.removeprefix("</table></div></td></tr>")
    return [_COLUMN.sub(_column, part) for part in (first, *between, last)]


def _slim_around(part: str) -> str:
    part = _TWICE_WIDE.sub("", _AS_WIDE.sub("", slim(part)))
    part = _OF_OUTLOOK.sub(r'<td valign="\1" width="\2"', _OF_PICTURE.sub("", part))
    return _BY_STYLE.sub(_by_attribute, _GROUND.sub(r"\1\2", _OF_TABLE.sub(r"\1", part)))


def _by_attribute(found: re.Match[str]) -> str:
    return ' width="100%"' + (f' style="{found[1]}"' if found[1] else "")


def _column(found: re.Match[str]) -> str:
    name, alignment = found.groups()
    middle = " cm" if alignment == "middle" else ""
    return f'<div class="c{middle} c{name} b" style="text-align:left"'


def closed_up(page: str) -> str:
    """Conditional comments that follow one another are one."""
    return _BETWEEN.sub("", page)
