"""Text that was pasted: a table as it is, or addresses as people and mail programs write them, one after the other."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

_NOT_IN_IT = r"\s<>,;:|()\[\]\"'@"
# It begins where a word does, so that a long one without an @ is looked at once.
_ADDRESS = re.compile(rf"(?<![^{_NOT_IN_IT}])[^{_NOT_IN_IT}]+(?:'[^{_NOT_IN_IT}]+){{0,3}}@[^{_NOT_IN_IT}/]+")
_ENDS = re.compile(r"[>)\]\"']*(?:\s*\([^)]{0,200}\))?")  # bounded: a bracket that is never closed is looked at once
_OF_THE_EAST = str.maketrans("，；、", ",;,")
_HEAD = re.compile(r"\s*(?:to|cc|bcc|mailto):\s*", re.IGNORECASE)


def as_table(text: str) -> str:
    """Cells copied from a spreadsheet and CSV stay as they are; `Ada <ada@x.org>; ben@x.org` becomes a row for each."""
    lines = [line for line in text.translate(_OF_THE_EAST).splitlines() if line.strip()]
    if not _are_people(lines):
        return text
    written = io.StringIO()
    write = csv.writer(written, lineterminator="\n").writerow
    write(["Email", "Name"])
    for line in lines:
        for part in _parts(_HEAD.sub("", line, count=1)):
            write(_person(part))
    return written.getvalue()


def _are_people(lines: Sequence[str]) -> bool:
    """Rather than rows of a table, or a single column of addresses."""
    cells = [cell.strip() for line in lines for cell in line.split("\t")]
    if len(cells) > len(lines) and not all(_ADDRESS.fullmatch(cell) for cell in cells if cell):
        return False
    has_several = [len(_ADDRESS.findall(line)) > 1 for line in lines]
    is_written = any("<" in line and _ADDRESS.search(line) for line in lines)
    if not is_written and sum(has_several) * 2 <= len(lines):
        parts = [part for line in lines for part in _parts(line)]
        is_column = all(map(_ADDRESS.fullmatch, parts)) and not any(has_several)
        has_cells = any("," in part for part in parts)  # beside an address, where a name has none
        if is_column or has_cells or not all(map(_ADDRESS.search, parts)):
            return False
    return not _is_table(lines, is_written)


def _is_table(lines: Sequence[str], is_written: bool) -> bool:
    """Whether rows that hold several addresses are people with several columns, not several people.

    A row of names stands above them, or a column holds no addresses: nobody is known by addresses alone. What mail
    programs write has a space behind each person, files have none.
    """
    for mark in ";,":
        rows = _rows(lines, mark)
        if len(rows) < 2 or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1:
            continue
        is_tight = not any(re.search(rf"{mark}(\s|$)", line) for line in lines)
        has_names = all(cell and not _ADDRESS.search(cell) for cell in rows[0])
        if is_written:
            return has_names and is_tight
        if has_names or any(_is_of_words(column) for column in zip(*rows, strict=True)):
            return True
        return is_tight and not all(_ADDRESS.fullmatch(cell) for row in rows for cell in row)
    return False


def _rows(lines: Sequence[str], mark: str) -> list[list[str]]:
    """Empty where a cell is longer than 128 KB: all addresses on one line, or a quotation mark that is never closed."""
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark)]
    except csv.Error:
        return []


def _is_of_words(cells: Sequence[str]) -> bool:
    return any(cells) and not any(map(_ADDRESS.search, cells))


def _parts(line: str) -> Iterator[str]:
    """One for each person. Outlook parts people by semicolons and leaves commas within names unquoted, others part them
    by commas, and some by nothing but a blank."""
    for part in _PARTED_BY[";"].findall(line):
        if len(_ADDRESS.findall(part)) < 2:
            person, mark, rest = part.partition(">,")
            yield from filter(None, [(person + mark).strip(" ,\t"), rest.strip(" ,\t")])
            continue
        family_name = ""
        for piece in _PARTED_BY[","].findall(part):
            if family_name and "<" not in piece:
                yield family_name
                family_name = ""
            if _ADDRESS.search(piece):
                yield from _blank_after_each(f"{family_name}, {piece.strip()}" if family_name else piece)
                family_name = ""
            else:
                family_name = piece.strip()
        if family_name:
            yield family_name


_PARTED_BY = {mark: re.compile(rf'(?:"[^"]*"|[^"{mark}]|"(?![^"]*"))+') for mark in ";,"}


def _blank_after_each(piece: str) -> Iterator[str]:
    if len(found := list(_ADDRESS.finditer(piece))) == 1:
        yield piece.strip()
        return
    begins = 0
    for one in found:
        ends = _ENDS.match(piece, one.end())
        upto = ends.end() if ends else one.end()
        yield piece[begins:upto].strip()
        begins = upto


def _person(part: str) -> tuple[str, str]:
    """Address and name; what holds no address stays whole, to be shown among the refused."""
    found = _ADDRESS.search(part)
    if found is None:
        return part, ""
    name = _HEAD.sub("", f"{part[: found.start()]} {part[found.end() :]}").strip(" \t<>|/-–*•·,")
    name = " ".join(name.replace('"', " ").split())
    for opening, closing in ("()", "[]", "''"):
        if name.startswith(opening) and name.endswith(closing):
            name = name[1:-1].strip()
    return found[0].rstrip("."), name if re.search(r"[^\W\d_]", name) else ""
