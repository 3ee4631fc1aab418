"""Text that was pasted: a table as it is, or addresses as mail programs write them, one after the other."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

_ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+")


def as_table(text: str) -> str:
    """Cells copied from a spreadsheet and CSV stay as they are; `Ada <ada@x.org>; ben@x.org` becomes a row for each."""
    lines = [line for line in text.splitlines() if line.strip()]
    several = sum(len(_ADDRESS.findall(line)) > 1 for line in lines)
    is_written = "<" in text and ">" in text and _ADDRESS.search(text) is not None
    if not lines or "\t" in text or not (is_written or several * 2 > len(lines)) or _is_table(lines, is_written):
        return text
    written = io.StringIO()
    write = csv.writer(written, lineterminator="\n").writerow
    write(["Email", "Name"])
    for line in lines:
        for name, address in _people(line):
            write([address, " ".join(name.replace('"', " ").split())])
    return written.getvalue()


def _is_table(lines: list[str], is_written: bool) -> bool:
    """Whether rows that hold several addresses are people with several columns, not several people.

    A row of names stands above them, or a column holds no addresses. Nobody has more than two addresses and nothing
    else; of two it is the space that tells: mail programs leave one behind each person, files none.
    """
    for mark in ";,":
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=mark)]
        if len(rows) < 2 or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1:
            continue
        is_tight = not any(re.search(rf"{mark}(\s|$)", line) for line in lines)
        has_names = all(cell and not _ADDRESS.search(cell) for cell in rows[0])
        if is_written:
            return has_names and is_tight
        if has_names or any(_is_of_words(column) for column in zip(*rows, strict=True)):
            return True
        return is_tight and (len(rows[0]) == 2 or not all(_ADDRESS.fullmatch(cell) for row in rows for cell in row))
    return False


def _is_of_words(cells: Sequence[str]) -> bool:
    return any(cells) and not any(map(_ADDRESS.search, cells))


def _people(line: str) -> Iterator[tuple[str, str]]:
    """Outlook parts people by semicolons and leaves commas within names unquoted, others part them by commas."""
    parts = line.split(";") if ";" in line else _PARTED.findall(line)
    for part in parts:
        name, mark, rest = part.rpartition("<")
        if mark:
            yield name, rest.rstrip(" >")
        elif part.strip():
            yield "", part.strip()


_PARTED = re.compile(r'(?:"[^"]*"|[^",])+')
