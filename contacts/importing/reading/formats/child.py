"""The child's side: a hostile file to plain tables in a folder. It knows no settings, no database and no secrets.

    python -m contacts.importing.reading.formats.child KIND FILE FOLDER

Writes 0.csv, 1.csv … and `report.json`: what each is, and what should be said of it.
"""

import csv
import json
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from accounts import confined
from contacts.importing.reading.formats import kinds, vcard
from contacts.importing.reading.formats.kinds import NotUsable

MEMORY_BYTES = 1 << 30
PROCESSOR_SECONDS = 600
LARGEST_TABLE_BYTES = 400 << 20


def main(kind: str, path: str, folder: str) -> None:
    confined.limit(
        {
            resource.RLIMIT_AS: MEMORY_BYTES,
            resource.RLIMIT_CPU: PROCESSOR_SECONDS,
            resource.RLIMIT_FSIZE: LARGEST_TABLE_BYTES,
            resource.RLIMIT_CORE: 0,
        }
    )
    target = Path(folder)
    try:
        with Path(path).open("rb") as file:
            tables = _archive(file, target) if kind == kinds.ARCHIVE else [_table(kind, file, target / "0.csv", "")]
        report: dict[str, Any] = {"tables": tables}
    except NotUsable as problem:
        report = {"problem": str(problem)}
    except MemoryError:
        report = {"problem": "The file needs too much memory. Save its table as CSV and upload that."}
    (target / "report.json").write_text(json.dumps(report), encoding="utf-8")


def _table(kind: str, file: BinaryIO, target: Path, name: str) -> dict[str, Any]:
    if kind == kinds.WORKBOOK:
        from contacts.importing.reading.formats.workbook import Workbook

        book = Workbook(file)
        _write(target, book.rows())
        return {"name": name, "file": target.name, "notes": book.notes}
    return {"name": name, "file": target.name, "notes": _cards(file, target)}


def _cards(file: BinaryIO, target: Path) -> list[str]:
    raw = file.read()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    header, found, left_out = vcard.read(text)
    _write(target, chain([header], ([cells.get(name, "") for name in header] for cells in found)))
    further = sum(bool(cells["Further addresses"]) for cells in found)
    notes = ["A vCard has no lines of its own: line 2 is the first card."]
    if further:
        who = "1 card has" if further == 1 else f"{further:,} cards have"
        notes.append(f"{who} several addresses: the preferred or first one is taken, the others stand in a column.")
    if own := [name for name in header if name not in vcard.HEADER]:
        cards = Counter(label for cells in found for label in own if cells.get(label))
        each = (f"{label} ({cards[label]:,} {'card' if cards[label] == 1 else 'cards'})" for label in own)
        notes.append(f"In columns of their own, to be mapped below or left: {', '.join(each)}.")
    if left_out:
        each = (f"{what} ({n:,} {'card' if n == 1 else 'cards'})" for what, n in sorted(left_out.items()))
        notes.append(f"Not taken: {', '.join(each)}.")
    return notes


def _archive(file: BinaryIO, folder: Path) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = []
    skipped = []
    with kinds.opened(file) as archive:
        for entry in archive.infolist():
            name = entry.filename.rsplit("/", 1)[-1]
            if entry.is_dir() or name.startswith(".") or "__MACOSX" in entry.filename or not entry.file_size:
                continue
            ending = name[name.rfind(".") :].lower()
            if ending not in (*kinds.TABLES, ".xlsx", ".vcf") or len(tables) == kinds.MOST_MEMBERS:
                skipped.append(name[:60])
                continue
            target = folder / f"{len(tables)}.csv"
            with archive.open(entry) as packed:
                if ending in kinds.TABLES:
                    with target.open("wb") as written:
                        while block := packed.read(1 << 20):
                            written.write(block)
                    tables.append({"name": name, "file": target.name, "notes": []})
                else:
                    whole = folder / "member"
                    whole.write_bytes(packed.read())
                    with whole.open("rb") as again:
                        tables.append(_table(kinds.WORKBOOK if ending == ".xlsx" else kinds.VCARD, again, target, name))
                    whole.unlink()
    if not tables:
        raise NotUsable("There is no table (CSV, TSV, XLSX, vCard) in this ZIP file.")
    if skipped:
        tables[0]["notes"].append(f"Not read: {', '.join(skipped[:5])}{' …' if len(skipped) > 5 else ''}.")
    return tables


def _write(target: Path, rows: Iterable[Sequence[str]]) -> None:
    with target.open("w", encoding="utf-8", errors="replace", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        for row in rows:
            if any(row):
                write([cell.replace("\0", "") for cell in row])
            else:
                file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])
