"""How a workbook shows a value: what people see in the cell is what they mean, a postcode with its zeros above all."""

import re
from datetime import date, datetime, time, timedelta

_PLACES = re.compile(r"[0#?]")
_PART = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[[^\]]*\]|(.)', re.DOTALL)
_PLAIN_MARKS = frozenset(" -/()+:")
# Excel writes a control character, of a line end say, as its number: ECMA-376, 22.9.2.19. openpyxl leaves it so.
_CONTROL = re.compile(r"_x00[01][0-9A-Fa-f]_")


def text_of(value: object, number_format: str) -> str:
    """The value in one line; `number_format` as in ECMA-376, 18.8.31."""
    if value is None:
        return ""
    if isinstance(value, str):
        value = _CONTROL.sub("\n", value)
        return " ".join(value.split()) if "\n" in value or "\r" in value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else " ".join(str(value).split())


def _number(value: float, number_format: str) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    is_whole = float(value).is_integer()
    if is_whole and value >= 0 and (shape := _digit_shape(number_format, int(value))):
        return _filled(shape, int(value))
    return str(int(value)) if is_whole else repr(float(value))


def _digit_shape(number_format: str, value: int) -> str:
    """The places and marks of a format that only spells digits out, such as 00000, 000-00-0000 or "+"0; empty for any
    other. What cannot be a code or a number to dial (decimals, thousands, percent, dates) is not touched."""
    if number_format in ("General", "@", "0", "#", ""):
        return ""
    sections = number_format.split(";")
    chosen = sections[0]
    for section in sections:
        if condition := re.match(r"\[(<=?|>=?|=)(\d+(?:\.\d+)?)\]", section):
            limit, mark = float(condition[2]), condition[1]
            holds = {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}
            if holds.get(mark, value == limit):
                chosen = section
                break
            chosen = sections[-1]
    shape = ""
    for quoted, escaped, mark in _PART.findall(chosen):
        literal = quoted or escaped
        if literal:
            if any(one.isalnum() for one in literal):
                return ""
            shape += "".join(f"\\{one}" for one in literal)
        elif mark and _PLACES.fullmatch(mark):
            shape += mark
        elif mark in _PLAIN_MARKS and mark:
            shape += f"\\{mark}"
        elif mark:
            return ""
    return shape if _PLACES.search(shape.replace("\\", "")) else ""


def _filled(shape: str, value: int) -> str:
    """Digits from the right into the places; those that are left over stand before the first place."""
    digits = list(str(value)) if value else []
    parts = re.findall(r"\\.|[0#?]", shape)
    first = next(index for index, part in enumerate(parts) if len(part) == 1)
    found: list[str] = []
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if len(part) == 2:
            found.append(part[1])
            continue
        if digits:
            found.append(digits.pop())
        elif part == "0":
            found.append("0")
        if index == first:
            found.extend(reversed(digits))
            digits = []
    return "".join(reversed(found)).strip()
