"""HTML of the MJML compiler with fewer bytes and the same picture."""

import re

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
# Columns below one another where style sheets are not read; the frame's sheet puts them side by side.
_COLUMN = re.compile(
    r'<div class="(?:mj-outlook-group-fix )?mj-column-per-([\d-]+) b" style="font-size:0;text-align:left;'
    r'display:inline-block;vertical-align:(top|middle);width:([\d.]+%)"'
)
_OF_TABLE = re.compile(r'(<table [^<>]*width="100%") style="vertical-align:(?:top|middle)"')
_AS_WIDE = re.compile(r' align="center"(?= style="(?:background-color:#[0-9a-f]{6};)?width:100%")')
_TWICE_WIDE = re.compile(r'(?<= width="600") style="width:600px"')
_GROUND = re.compile(r'(<div class="\w+" style=")background-color:#[0-9a-f]{6};(margin:0 auto;max-width:)')


_BORDER_OF_OUTLOOK = re.compile(r'(?<=<!--\[if mso\]><table) border="0"')  # which has none of its own
_OF_OUTLOOK = re.compile(r'<td style="vertical-align:(top|middle);width:(\d+)px"')


def slim(part: str) -> str:
    part = _UNUSED.sub("", _OPTIONAL.sub("", part))
    part = _TWICE.sub(r"background-color:\1", _LAST.sub("", _NOTHING.sub("0", part)))
    return closed_up(part.replace(_OLD_IE, "[if mso]").replace(" />", "/>"))


def slim_row(part: str) -> str:
    """Of rows of a column."""
    return _ALIGNED.sub(r"\1", _NO_LETTERS.sub("", _SAID.sub("", slim(part))))


def slim_section(part: str) -> str:
    """Of what stands around columns."""
    part = _COLUMN.sub(_column, _TWICE_WIDE.sub("", _AS_WIDE.sub("", slim(part))))
    part = _OF_OUTLOOK.sub(r'<td valign="\1" width="\2"', _BORDER_OF_OUTLOOK.sub("", part))
    return _GROUND.sub(r"\1\2", _OF_TABLE.sub(r"\1", part))


def _column(found: re.Match[str]) -> str:
    name, alignment, width = found.groups()
    if width != "100%":  # these stay side by side everywhere
        return found[0].replace("mj-outlook-group-fix ", "").replace("mj-column-per-", "c")
    middle = " cm" if alignment == "middle" else ""
    return f'<div class="c{middle} c{name} b" style="text-align:left"'


def closed_up(page: str) -> str:
    """Conditional comments that follow one another are one."""
    return _BETWEEN.sub("", page)
