"""What arrives, made a table of text whose columns are guessed: at once where it is one, else in the background."""

import csv
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage

from contacts import fields
from contacts.importing.columns import guessing
from contacts.importing.plan import CONSENT, Column, Plan, Status, Target
from contacts.importing.reading import storing
from contacts.importing.reading.detecting import NotReadable, Shape, detect
from contacts.importing.reading.formats.kinds import TABLES, NotUsable
from contacts.importing.reading.formats.unpacking import Table, unpacked
from contacts.importing.reading.records import MOST_COLUMNS, Broken, Record, records
from contacts.importing.wording.naming import glued
from contacts.models import Field, ImportJob

SURVEYED_ROWS = 10_000  # what columns mean is guessed from them; what comes later is looked at by the check
_BY_FILE, _FILE, _LINE = "Status by file", "File", "Line in file"
_WORDS = {
    Status.SUBSCRIBED: "subscribed",
    Status.UNCONFIRMED: "unconfirmed",
    Status.UNSUBSCRIBED: "unsubscribed",
    Status.BOUNCED: "bounced",
    Status.COMPLAINED: "complained",
}


def read(job: ImportJob) -> dict[str, object]:
    """The workbook, vCards or archive of a job as a table in the storage; what changes about the job by it. Raises
    NotReadable."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            with storing.opened(job) as file:
                tables = unpacked(job.options["kind"], file, folder)
        except NotUsable as problem:
            raise NotReadable(str(problem)) from None
        parts = [_part(one) for one in tables] if len(tables) > 1 else []
        path = _united(parts, folder) if parts else tables[0].path
        notes = [note if len(tables) == 1 else f"{one.name}: {note}" for one in tables for note in one.notes]
        with path.open("rb") as table:
            # Only members of an archive come as they were written; all else was written by ourselves.
            is_own = len(tables) > 1 or not tables[0].name.lower().endswith(TABLES)
            shape = detect(table, is_own=is_own)
            plan, header = planned(
                table, shape, tables[0].name if len(tables) == 1 and tables[0].name else job.file_name
            )
            if len(tables) > 1:
                plan = _by_file(plan, header)
                notes.insert(0, f"{len(tables)} files in one: {', '.join(map(_said, tables[:6], parts))}.")
            if job.options.get("as_suppressed"):
                plan = suppressing(plan)
            stored = default_storage.save(f"imports/{uuid.uuid4().hex}.csv", File(table))
        size = path.stat().st_size
    options = job.options | plan.to_json() | {"header": header, "guessed": plan.to_json()["columns"], "notes": notes}
    return {"options": options, "storage_name": stored, "size_bytes": size}


def planned(file: BinaryIO, shape: Shape, name: str) -> tuple[Plan, list[str]]:
    """A guess at everything, and the names of the columns. Raises NotReadable."""
    header, rows = head(records(file, shape.encoding, shape.delimiter, shape.title_lines), shape.has_header)
    return guess(shape, header, rows, name), header


def head(found_records: Iterable[Record], has_header: bool) -> tuple[list[str], list[list[str]]]:
    """The names of the columns ("Column 1" without a header) and the first rows. Raises NotReadable."""
    found: list[list[str]] = []
    for _line, cells in found_records:
        if isinstance(cells, Broken):
            if has_header and not found:
                raise NotReadable(f"The first line, with the names of the columns, cannot be read. {cells.reason}")
            continue
        if len(cells) > MOST_COLUMNS:
            raise NotReadable(f"The file has {len(cells):,} columns; {MOST_COLUMNS} are the most that can be imported.")
        found.append(cells)
        if len(found) > SURVEYED_ROWS:
            break
    if not found:
        raise NotReadable("No row of the file can be read.")
    if not has_header:
        return [f"Column {number}" for number in range(1, max(map(len, found)) + 1)], found
    if len(found) == 1:
        raise NotReadable("The file has the names of columns in its first line, but no people below it.")
    return [name.strip().lstrip("\ufeff")[:200] for name in found[0]], found[1:]


def guess(shape: Shape, header: Sequence[str], rows: Sequence[Sequence[str]], file_name: str = "") -> Plan:
    known = dict(Field.objects.values_list("key", "label"))
    columns = guessing.columns(header, rows, known)
    dates = [row[i] for i, column in enumerate(columns) if column.kind == "date" for row in rows if i < len(row)]
    return Plan(
        encoding=shape.encoding,
        delimiter=shape.delimiter,
        has_header=shape.has_header,
        title_lines=shape.title_lines,
        columns=columns,
        everyone=int(guessing.everyone(header, rows, columns, file_name)),
        only_suppress=guessing.only_suppresses(header),
        day_first=fields.looks_day_first(dates),
    )


def suppressing(plan: Plan) -> Plan:
    """Of a list of suppressed addresses: nobody becomes a contact, and somebody says why they are on it, unless the
    file does."""
    told = plan.everyone != Status.SUBSCRIBED or any(column.target in CONSENT for column in plan.columns)
    return plan.change(only_suppress=True, everyone=plan.everyone if told else int(Status.UNKNOWN))


def _said(table: Table, part: "_Part | None") -> str:
    """A file, and what it says of everybody in it unless a column knows better."""
    told = part.says if part else "not read, no table of addresses"
    return f"{table.name[:60]} ({told if told != Path(table.name).stem else 'somebody has to say who they are'})"


def _united(read: "Sequence[_Part | None]", folder: Path) -> Path:
    """Several files as one table, in which each row keeps what its file says of its people."""
    parts = [part for part in read if part]
    if not parts:
        raise NotReadable("None of the files in this ZIP file is a table with e-mail addresses.")
    names: dict[str, str] = {}
    for part in parts:
        names |= {glued(name): name for name in part.header if glued(name) not in names}
    target = folder / "all.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write([*names.values(), _BY_FILE, _FILE, _LINE])
        for part in parts:
            at = {glued(name): index for index, name in enumerate(part.header)}
            for line, cells in part.rows():
                found = [_cell(cells, at.get(key)) for key in names]
                write([" ".join(cell.split()) for cell in found] + [part.says, part.name, str(line)])
    return target


class _Part:
    """One member of an archive."""

    def __init__(self, table: Table, shape: Shape, plan: Plan, header: list[str]) -> None:
        self.name, self._path, self._shape = table.name, table.path, shape
        # The address has the same name in all of them, whatever each calls it.
        self.header = ["Email" if index == plan.email_column else name for index, name in enumerate(header)]
        # Of people of whom a file says nothing that is understood, somebody is asked.
        self.says = _WORDS.get(Status(plan.everyone), Path(table.name).stem)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        with self._path.open("rb") as file:
            found = records(file, self._shape.encoding, self._shape.delimiter, self._shape.title_lines)
            if self._shape.has_header:
                next(found, None)
            for line, cells in found:
                yield line, [cells.text] if isinstance(cells, Broken) else cells
            found.close()


def _part(table: Table) -> _Part | None:
    try:
        with table.path.open("rb") as file:
            shape = detect(file)
            plan, header = planned(file, shape, table.name)
    except NotReadable:
        return None
    return _Part(table, shape, plan, header) if plan.email_column is not None else None


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index] if index is not None and index < len(cells) else ""


def _by_file(plan: Plan, header: Sequence[str]) -> Plan:
    """The last three columns are ours, and tell more than the guess about the whole."""
    ours = {_BY_FILE: Column(Target.STATUS), _FILE: Column(), _LINE: Column()}
    last = len(header) - len(ours)
    columns = [
        ours.get(name, column) if i >= last else column
        for i, (name, column) in enumerate(zip(header, plan.columns, strict=True))
    ]
    return replace(plan, columns=tuple(columns), everyone=int(Status.SUBSCRIBED), only_suppress=False)
