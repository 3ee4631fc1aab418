"""The parent's side: asks the child, and reads what it left."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from accounts import confined
from contacts.importing.reading.formats.kinds import NotUsable

_PATIENCE_SECONDS = 900


@dataclass(frozen=True)
class Table:
    name: str  # of the member of an archive
    path: Path
    notes: tuple[str, ...]


def unpacked(kind: str, file: BinaryIO, folder: Path) -> list[Table]:
    """Tables of text in `folder`. Raises NotUsable."""
    source = folder / "source"
    file.seek(0)
    with source.open("wb") as written:
        while block := file.read(1 << 20):
            written.write(block)
    child = "contacts.importing.reading.formats.child"
    try:
        done = confined.run(child, kind, str(source), str(folder), patience_seconds=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        raise NotUsable("Reading the file took too long. Save its table as CSV and upload that.") from None
    finally:
        source.unlink(missing_ok=True)
    report_file = folder / "report.json"
    if done.returncode or not report_file.exists():
        raise NotUsable("The file cannot be read: it is damaged or too large. Save its table as CSV and upload that.")
    report = json.loads(report_file.read_text(encoding="utf-8"))
    if "problem" in report:
        raise NotUsable(report["problem"])
    return [Table(one["name"], folder / one["file"], tuple(one["notes"])) for one in report["tables"]]
