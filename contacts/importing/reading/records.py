"""Records out of a file, one by one, however damaged: a broken row costs itself and never its neighbours."""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from contacts.importing.reading.detecting import is_address

MOST_COLUMNS = 500
_LONGEST_LINE = 1 << 20
_BLOCK = 1 << 16  # characters that are read at once
_MOST_LINES = 200  # of one record: beyond it a quotation mark was never closed
_SEPARATOR = re.compile(r'"?sep=."?\s*')


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that cannot be read, with the beginning of its text."""

    reason: str
    text: str


Record = tuple[int, "list[str] | Broken"]


class _CutLine(str):
    """The beginning of a line that is too long."""

    __slots__ = ()


class _EndsHere(Exception):
    """The record cannot go on: what was taken for it must be looked at line by line."""


class _Lines:
    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._read = partial(text.readline, _LONGEST_LINE)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.is_damaged = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        if len(line) >= _LONGEST_LINE and (len(line) > _LONGEST_LINE or line[-1] != "\n"):
            line = self._cut(line)
        self.taken.append(line)
        if "\0" in line or "\ufffd" in line:
            self.is_damaged = True
        if len(self.taken) > _MOST_LINES or isinstance(line, _CutLine):
            raise _EndsHere
        return line

    def next_record(self) -> None:
        self.taken.clear()
        self.is_damaged = False

    def give_back(self) -> str:
        """Keep only the first line of what was taken; the others will be read again."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        self.next_record()
        return first

    def block(self) -> str:
        """The next whole lines at once, empty at the end. What is at hand has to be gone through before."""
        block = self._text.read(_BLOCK)
        return block if block.endswith("\n") else block + self._read()

    def put_back(self, block: str) -> None:
        """What has to be looked at line by line."""
        self._again.extend(io.StringIO(block))

    def are_at_hand(self) -> bool:
        return bool(self._again)

    def _cut(self, line: str) -> str:
        more = line
        while more and not more.endswith("\n"):
            more = self._read()
        return _CutLine(line[:200])


def records(file: BinaryIO, encoding: str, delimiter: str, title_lines: int = 0) -> Generator[Record, None, None]:
    """`(line number, cells)` of each record that holds anything; the first one sets how many columns there are.

    `title_lines` records above the table are left out.
    """
    file.seek(0)
    if encoding == "utf-16" and file.read(2) not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16-le"  # Python's decoder gives up without the mark
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline=None)
    try:
        yield from _records(_Lines(text), delimiter, title_lines)
    finally:
        text.detach()  # the file stays open: it is the caller's


def _records(lines: _Lines, delimiter: str, title_lines: int) -> Iterator[Record]:
    line_number, width = 1, 0
    while block := lines.block():
        # Where each line of a block is a record, all of them are read at once; any other is gone through with care.
        if width and (found := _record_a_line(block, delimiter)):
            for cells in found:
                if any(cells):
                    yield line_number, cells
                line_number += 1
        else:
            lines.put_back(block)
            line_number, width, title_lines = yield from _carefully(lines, delimiter, line_number, width, title_lines)


def _carefully(
    lines: _Lines, delimiter: str, line_number: int, width: int, title_lines: int
) -> Generator[Record, None, tuple[int, int, int]]:
    """The records of the lines at hand and, where the last one goes on, of some more. Returns where it stands then."""
    while lines.are_at_hand():
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                taken = len(lines.taken)
                if taken > 1 and width and _swallowed_others(cells, lines.taken, delimiter, width):
                    raise _EndsHere
                if lines.is_damaged:
                    yield line_number, Broken(_DAMAGED, "".join(lines.taken)[:200])
                elif not any(cells) or (line_number == 1 and _SEPARATOR.fullmatch(lines.taken[0])):
                    pass
                elif title_lines:
                    title_lines -= 1
                else:
                    width = width or len(cells)
                    yield line_number, cells
                line_number += taken
                lines.next_record()
                if not lines.are_at_hand():
                    break
        except (csv.Error, _EndsHere):
            if not lines.taken:
                break
            alone = _alone(lines.give_back(), delimiter)
            width = width or (0 if isinstance(alone, Broken) else len(alone))
            yield line_number, alone
            line_number += 1
    return line_number, width, title_lines


def _record_a_line(block: str, delimiter: str) -> list[list[str]] | None:
    """None: a record of the block goes over several lines, or something in it is damaged or too long."""
    if "\0" in block or "\ufffd" in block or len(block) >= _LONGEST_LINE:
        return None
    lines = block.split("\n")
    if not lines[-1]:
        lines.pop()
    try:
        found = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return found if len(found) == len(lines) else None


_DAMAGED = "It has characters that cannot be read. Perhaps the file has another encoding."


def _alone(line: str, delimiter: str) -> "list[str] | Broken":
    if isinstance(line, _CutLine):
        return Broken("The line is longer than a million characters.", line)
    if "\0" in line or "\ufffd" in line:
        return Broken(_DAMAGED, line[:200])
    if line.count('"') % 2:
        return Broken("A quotation mark is opened and never closed.", line[:200])
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return Broken("A cell is longer than 10,000 characters.", line[:200])


def _swallowed_others(cells: list[str], taken: list[str], delimiter: str, width: int) -> bool:
    """Whether this record over several lines is rather one with an open quotation mark and its next neighbours.

    A quoted cell may hold anything, also what looks like a row. It is doubted only where the mark opens before the
    end of what would be a whole row with an address of its own.
    """
    if len(cells) < width or any(cells[width:]):
        return True
    first = taken[0]
    if first.count('"') != 1:
        return False
    before, _, opened = first.partition('"')
    rest = _split(opened, delimiter)
    return len(rest) > 1 and before.count(delimiter) + len(rest) == width and any(map(is_address, rest))


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
