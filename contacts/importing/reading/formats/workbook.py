"""An Excel workbook to rows of text, as it shows them: one line a row of the sheet, so that line numbers are its own.

openpyxl in read-only mode believes the size that a sheet states of itself, which may be wrong: it is told not to.
"""

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

import openpyxl

from contacts.importing.reading.formats.kinds import NotUsable, opened
from contacts.importing.reading.formats.shown import text_of

MOST_ROWS = 1_048_576  # of any sheet
MOST_COLUMNS = 501  # one more than can be imported, so that it is said
_LOOKED_AT = 500
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\shidden=[\"'](?:1|true)[\"']")


class Workbook:
    """The sheet with the people in it. `notes` is complete when all its rows were read."""

    def __init__(self, file: BinaryIO) -> None:
        opened(file).close()
        warnings.simplefilter("ignore")  # about extensions that nobody here needs
        try:
            self._book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except MemoryError:
            raise
        except Exception:
            raise NotUsable("This workbook cannot be read. Save it as CSV UTF-8 in Excel and upload that.") from None
        self._sheet = self._chosen()
        self._errors: Counter[str] = Counter()
        self._first_error = 0
        self.notes: list[str] = []

    def rows(self) -> Iterator[list[str]]:
        """Every row from the first on, empty ones too."""
        for number, row in enumerate(self._read(self._sheet), start=1):
            if number > MOST_ROWS:
                break
            yield [self._cell(cell, number) for cell in row[:MOST_COLUMNS]]
        self._note()

    def _read(self, sheet: Any) -> Iterator[tuple[Any, ...]]:
        sheet.reset_dimensions()
        yield from sheet.iter_rows()

    def _chosen(self) -> Any:
        """The first sheet that people can see with an address in it."""
        visible = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
        if not visible:
            raise NotUsable("The workbook has no sheet that can be seen.")
        return next((sheet for sheet in visible if self._has_addresses(sheet)), visible[0])

    def _has_addresses(self, sheet: Any) -> bool:
        for number, row in enumerate(self._read(sheet)):
            if number == _LOOKED_AT:
                return False
            if any(isinstance(cell.value, str) and "@" in cell.value for cell in row):
                return True
        return False

    def _cell(self, cell: Any, number: int) -> str:
        if cell.data_type == "e":
            self._errors[str(cell.value)] += 1
            self._first_error = self._first_error or number
            return ""
        value = cell.value
        return text_of(value, "" if value is None or isinstance(value, str) else cell.number_format)

    def _note(self) -> None:
        others = [sheet for sheet in self._book.worksheets if sheet is not self._sheet]
        hidden = [sheet.title for sheet in others if sheet.sheet_state != "visible"]
        also = [sheet.title for sheet in others if sheet.sheet_state == "visible" and self._has_addresses(sheet)]
        if hidden:
            self.notes.append(f"Hidden sheets are not read: {_named(hidden)}.")
        if also:
            self.notes.append(
                f"Only the sheet {self._sheet.title[:60]} is read. Addresses also stand on {_named(also)}."
            )
        if rows := self._hidden_rows():
            what = "row of the sheet is" if rows == 1 else "rows of the sheet are"
            self.notes.append(f"{rows:,} {what} hidden, by a filter perhaps. They are read like the others.")
        if self._errors:
            number = self._errors.total()
            word = next(iter(self._errors))
            what = "cell holds an error" if number == 1 else "cells hold an error"
            self.notes.append(
                f"{number:,} {what} such as {word[:20]}, first in row {self._first_error:,}: taken as empty."
            )

    def _hidden_rows(self) -> int:
        """openpyxl does not tell of them in read-only mode."""
        count, rest = 0, b""
        with self._sheet._get_source() as source:
            while block := source.read(1 << 20):
                text = rest + block
                last = text.rfind(b">") + 1
                count += len(_HIDDEN_ROW.findall(text[:last]))
                rest = text[last:][-100_000:]
        return count


def _named(titles: list[str]) -> str:
    shown = ", ".join(title[:40] for title in titles[:3])
    return shown if len(titles) <= 3 else f"{shown} and {len(titles) - 3} more"
