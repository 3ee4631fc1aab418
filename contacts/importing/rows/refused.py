"""The rows that were not imported, as a file to mend and upload again."""

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Self, cast

from django.core.files import File
from django.core.files.storage import default_storage

from contacts.exporting import lines
from contacts.importing.rows.preparing import Refused
from contacts.models import ImportJob

LEADING_COLUMNS = 3  # before those of the file: line, reason, suggestion
IMPORTED_WITHOUT = "Imported without "


def stored_rows(job: ImportJob) -> Iterator[list[str]]:
    """Line, reason, suggestion and the cells of each row in the file of refused rows."""
    if not job.refused_storage_name or not default_storage.exists(job.refused_storage_name):
        return
    with default_storage.open(job.refused_storage_name, "rb") as stored:
        text = io.TextIOWrapper(cast("BinaryIO", stored.file), "utf-8-sig", newline="")
        delimiter = text.read(5)[4:] or ","  # behind "Line"; earlier versions always wrote commas
        text.seek(0)
        rows = csv.reader(text, delimiter=delimiter)
        next(rows, None)
        yield from (row for row in rows if len(row) >= LEADING_COLUMNS)


class RefusedRows:
    """Collects them on disk; `store` puts the file into the storage."""

    def __init__(self, header: Sequence[str], delimiter: str = ",") -> None:
        self._delimiter = delimiter  # of the original, so that whatever wrote it can read it
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115  # closed by __exit__
        self._write(["Line", "Reason", "Suggestion", *header], first=True)
        self.reasons: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()  # values that people are imported without

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, line: int, problem: Refused, cells: Sequence[str]) -> None:
        self.reasons[problem.group if problem.group in self.reasons or len(self.reasons) < 50 else "Other"] += 1
        self._write([str(line), problem.reason, problem.suggestion, *(cell[:10_000] for cell in cells)])

    def add_remarks(self, line: int, remarks: Sequence[str], cells: Sequence[str]) -> None:
        for remark in remarks:
            group = remark.partition(":")[0]
            self.left_out[group if group in self.left_out or len(self.left_out) < 50 else "Other"] += 1
        self._write([str(line), f"{IMPORTED_WITHOUT}{' '.join(remarks)}", "", *(cell[:10_000] for cell in cells)])

    def add_duplicate(self, line: int, email: str, first_line: int, email_column: int) -> None:
        reason = f"The same address as in line {first_line}."
        if line == first_line:
            reason = "The address bounced, and was merged into another one before: nobody is written to there."
        self._write([str(line), reason, "", *[""] * email_column, email])

    @property
    def count(self) -> int:
        return sum(self.reasons.values())

    def store(self, name: str) -> str:
        self._file.seek(0)
        return default_storage.save(name, File(self._file))

    def _write(self, row: Sequence[str], *, first: bool = False) -> None:
        # `lines` begins with the header and its byte order mark: every row is written as a header of nothing.
        text = next(lines(row, (), self._delimiter))
        self._file.write((text if first else text[1:]).encode("utf-8", "replace"))
