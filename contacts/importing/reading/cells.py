"""What stands in one cell: text without the marks of spreadsheets and databases, several names, a moment."""

import csv
import json
import re
from collections.abc import Iterable
from datetime import datetime

NULLS = frozenset(("NULL", "\\N", "null", "(null)", "(NULL)"))
_FORMULA = tuple("=+-@")
_SEPARATED = re.compile(r"[,;|\n]")


def split_names(cell: str) -> list[str]:
    """Tags or lists in one cell: `a;b`, `a, b`, `a|b`, `"a","b, c"`, a JSON array, or `* a ::: b` (Google Contacts)."""
    text = cell.strip()
    if not text:
        return []
    if text[0] == "[" and text[-1] == "]":
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, list):
            return _once(str(one) for one in data if isinstance(one, (str, int, float)))
    if ":::" in text or text.startswith("* "):
        return _once(part.strip().removeprefix("* ") for part in text.split(":::"))
    if '"' in text:
        try:
            separator = ";" if re.search(r'"\s*;', text) or (";" in text and "," not in text) else ","
            return _once(next(csv.reader([text], delimiter=separator, skipinitialspace=True), []))
        except csv.Error:
            pass
    return _once(_SEPARATED.split(text))


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(plain for name in names if (plain := clean(name.replace("\0", "")))))


def clean(cell: str) -> str:
    """One line, trimmed, without the ' that keeps a spreadsheet from running it as a formula."""
    text = " ".join(cell.split())
    if text in NULLS:
        return ""
    if text[:1] == "'" and (text[1:].lstrip().startswith(_FORMULA) or text[1:].isdigit()):
        return text[1:]
    return text


def moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        return ""
