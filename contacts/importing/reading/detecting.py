"""What kind of text a file is: encoding, delimiter, header. Guesses only; every one can be overruled."""

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

from contacts.addresses import InvalidAddress, normalise

SAMPLE_BYTES = 1 << 18
_MOST_TITLES = 10
DELIMITERS = {",": "Comma ,", ";": "Semicolon ;", "\t": "Tab", "|": "Bar |"}
ENCODINGS = {
    "utf-8-sig": "UTF-8 (Unicode)",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "mac_roman": "Mac Roman",
    "utf-16": "UTF-16 (Unicode)",
    "utf-16-le": "UTF-16, little endian",
    "utf-16-be": "UTF-16, big endian",
    "gb18030": "GB 18030 (Chinese)",
    "cp932": "Shift JIS (Japanese)",
    "euc_kr": "EUC-KR (Korean)",
}
_FOREIGN = ["cp1250", "cp1251", "cp1253", "cp1254", "gb18030", "cp932", "euc_kr", "cp1252"]
_MAGIC = {
    b"\xd0\xcf\x11\xe0": "This is an old Excel workbook. Save it as XLSX or CSV in Excel and upload that.",
    b"%PDF": "This is a PDF. Export the people as CSV and upload that.",
    b"\x1f\x8b": "This is a compressed file. Unpack it and upload the CSV in it.",
    b"\x89PNG": "This is a picture. Export the people as CSV and upload that.",
}


class NotReadable(ValueError):
    """The message says what the file is instead and what to do."""


@dataclass(frozen=True)
class Shape:
    encoding: str
    delimiter: str
    has_header: bool
    title_lines: int = 0  # above the names of the columns


def detect(file: BinaryIO, *, is_own: bool = False) -> Shape:
    """Look at the whole file for its encoding and at its beginning for the rest. Raises NotReadable.

    `is_own`: we wrote it ourselves, so that encoding and delimiter are known.
    """
    file.seek(0)
    sample = file.read(SAMPLE_BYTES)
    if not sample.strip():
        raise NotReadable("The file is empty.")
    for magic, message in _MAGIC.items():
        if sample.startswith(magic):
            raise NotReadable(message)
    encoding = "utf-8-sig" if is_own else _encoding(sample, file)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    if not text.strip("\ufeff\r\n\t ,;|"):
        raise NotReadable("The file is empty.")
    delimiter = "," if is_own else _delimiter(text)
    rows = sample_rows(text.lstrip("\ufeff"), delimiter)
    titles = _title_lines(rows)
    return Shape(encoding, delimiter, _has_header(rows[titles:]), titles)


def sample_rows(text: str, delimiter: str, rows: int = 50) -> list[list[str]]:
    """The first rows as they read with that delimiter, however broken they are."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines and lines[0].strip('"').startswith("sep=") and len(lines[0].strip('"')) == 5:
        lines = lines[1:]
    found: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO("\n".join(lines[:500])), delimiter=delimiter):
            if any(cells):
                found.append(cells)
            if len(found) == rows:
                break
    except csv.Error:
        pass
    return found


def _encoding(sample: bytes, file: BinaryIO) -> str:
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in sample and (wide := _wide(sample)):
        return wide
    if _is_binary(sample):
        raise NotReadable("This is not a text file. Export the people as CSV and upload that.")
    if _is_utf8(sample, file):
        return "utf-8-sig"
    from charset_normalizer import from_bytes  # 2 MB, for files that are not UTF-8

    best = from_bytes(sample, cp_isolation=_FOREIGN).best()
    # Between Western code pages a few accents prove nothing; another script does.
    if best and best.encoding in ("cp1251", "cp1253", "gb18030", "cp932", "euc_kr") and best.percent_coherence > 0:
        return best.encoding
    return "cp1252"


def _wide(sample: bytes) -> str | None:
    pairs = len(sample) // 2
    if sample[1::2].count(0) > pairs * 0.4 and sample[::2].count(0) < pairs * 0.05:
        return "utf-16-le"
    if sample[::2].count(0) > pairs * 0.4 and sample[1::2].count(0) < pairs * 0.05:
        return "utf-16-be"
    return None


def _is_binary(sample: bytes) -> bool:
    odd = sum(count for byte, count in Counter(sample).items() if byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a\x1c")
    return odd > max(20, len(sample) * 0.02)


def _is_utf8(sample: bytes, file: BinaryIO) -> bool:
    """True also for UTF-8 with a few broken bytes: those rows are refused one by one."""
    damage = letters = 0
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    while block := file.read(1 << 20):
        if block.isascii():
            continue
        text = decoder.decode(block)
        damage += text.count("\ufffd")
        letters += len(text) - len(text.encode("ascii", "ignore"))
    return damage == 0 or damage < (letters - damage) * 0.05


def _delimiter(text: str) -> str:
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip().strip('"')
    if first.startswith("sep=") and len(first) == 5 and first[4] in DELIMITERS:
        return first[4]
    return max(DELIMITERS, key=lambda delimiter: _score(sample_rows(text, delimiter)))


def _score(rows: list[list[str]]) -> float:
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0
    width, times = widths.most_common(1)[0]
    addresses = sum(1 for row in rows if any(is_address(cell) for cell in row)) / len(rows)
    return (times / len(rows)) * min(width - 1, 50) + addresses * 2


def _title_lines(rows: list[list[str]]) -> int:
    """How many lines stand above the table: of one cell, or narrower than the table, and without an address."""
    widths = Counter(len(row) for row in rows)
    width = max(widths, key=lambda one: (widths[one], one), default=0)
    if width < 2:
        return 0
    for number, row in enumerate(rows[:_MOST_TITLES]):
        if any(map(is_address, row)):
            return 0 if number and len(rows[0]) > 1 else number
        is_narrow = len(row) < width and number + 2 < len(rows) and not any(map(is_address, rows[number + 1]))
        if sum(1 for cell in row if cell.strip()) > 1 and not is_narrow:
            return number
    return 0


def _has_header(rows: list[list[str]]) -> bool:
    return bool(rows) and not any(is_address(cell) for cell in rows[0])


def is_address(cell: str) -> bool:
    if "@" not in cell:
        return False
    try:
        return bool(normalise(cell.strip()))
    except InvalidAddress:
        return False
