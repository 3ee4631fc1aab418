"""Text that was pasted: a table as it is, or addresses as mail programs write them, one after the other."""

import csv
import io
import re
from collections.abc import Iterator

_ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+")


def as_table(text: str) -> str:
    """Cells copied from a spreadsheet and CSV stay as they are; `Ada <ada@x.org>; ben@x.org` becomes a row for each."""
    lines = [line for line in text.splitlines() if line.strip()]
    several = sum(len(_ADDRESS.findall(line)) > 1 for line in lines)
    is_written = "<" in text and ">" in text and _ADDRESS.search(text) is not None
    if not lines or "\t" in text or not (is_written or several * 2 > len(lines)):
        return text
    written = io.StringIO()
    write = csv.writer(written, lineterminator="\n").writerow
    write(["Email", "Name"])
    for line in lines:
        for name, address in _people(line):
            write([address, " ".join(name.replace('"', " ").split())])
    return written.getvalue()


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
