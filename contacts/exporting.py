"""Tables that people open in a spreadsheet: streamed, quoted, and never run as a formula (OWASP ASVS 1.2.10)."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

_FORMULA = tuple("=+-@")
_CONTROL = tuple("\t\r\0")


def safe_cell(value: object) -> str:
    """`value` as text that a spreadsheet shows instead of running it; numbers stay numbers, also those below nought."""
    text = "" if value is None else str(value)
    if isinstance(value, int | float | Decimal):
        return text
    if text.lstrip().startswith(_FORMULA) or text.startswith(_CONTROL):
        text = f"'{text}"
    return text.replace("\0", "")


class _Echo:
    def write(self, text: str) -> str:
        return text


def joined(names: Iterable[object]) -> str:
    """Several names in one cell: "News, Offers"; a name with a mark in it that parts names is quoted."""
    return ", ".join(_quoted(str(name)) for name in names)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',;|"') else name


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: str = ",") -> Iterator[str]:
    writer = csv.writer(_Echo(), delimiter=delimiter, lineterminator="\r\n")  # RFC 4180
    yield "\ufeff" + str(writer.writerow(map(safe_cell, header)))
    for row in rows:
        yield str(writer.writerow(map(safe_cell, row)))


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A download of any length in constant memory; `name` without its ending. Rows are made while it is sent, when the
    request and its time zone are over: times in them are of that zone all the same.
    """
    blocks = _within(timezone.get_current_timezone(), _blocks(lines(header, rows)))
    response = StreamingHttpResponse(blocks, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def stored_response(storage_name: str, name: str) -> FileResponse:
    """A table that lies in the storage as a download; `name` without its ending."""
    response = FileResponse(
        default_storage.open(storage_name, "rb"),
        as_attachment=True,
        filename=f"{name}.csv",
        content_type="text/csv; charset=utf-8",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _within(zone: tzinfo, blocks: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        with timezone.override(zone):
            block = next(blocks, None)
        if block is None:
            return
        yield block


def _blocks(pieces: Iterator[str]) -> Iterator[bytes]:
    block: list[str] = []
    for piece in pieces:
        block.append(piece)
        if len(block) == 500:
            yield "".join(block).encode()
            block.clear()
    yield "".join(block).encode()
