"""What mailbox providers show to senders, from the CSV file that somebody downloaded there. Pure.

Microsoft's SNDS gives a line for an address and a time of activity, mostly without a header; of Google's Postmaster
Tools there is a line for a day with a header, in several spellings. A file is taken as a whole or not at all.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address

LARGEST_BYTES = 2_000_000
MOST_LINES = 20_000
_TITLE_LINES = 10  # that may stand above the header
_LONGEST_CELL = 80
_DAY, _LONGEST = timedelta(days=1), timedelta(days=400)
_EARLIEST = datetime(2010, 1, 1, tzinfo=UTC)


class NotReadable(ValueError):
    """The message says where, what is wrong there, and what to do."""


class Kind(StrEnum):
    GOOGLE = "google"
    MICROSOFT = "microsoft"


@dataclass(frozen=True, slots=True)
class Line:
    subject: str  # a domain of Google, an address of Microsoft; empty: the file does not say
    begins_at: datetime
    ends_at: datetime
    complained: float | None  # a share; None: the provider says nothing
    is_most: bool = False  # it is less than that
    mails: int | None = None
    verdict: str = ""  # green, yellow, red; high, medium, low, bad
    traps: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    kind: Kind
    lines: list[Line]
    empty: int  # how many days or times hold no figure


_SNDS = ("address", "begins", "ends", "", "tried", "mails", "verdict", "complained", "", "", "traps")
_NAMES = {
    "day": ("date", "day", "data date", "traffic date", "date utc", "report date"),
    "domain": ("domain", "domain name", "sending domain", "from domain", "authenticated domain"),
    "address": ("ip", "ip address", "address", "sending ip"),
    "begins": ("activity start", "activity period start", "start", "start date", "activity period"),
    "ends": ("activity end", "activity period end", "end", "end date"),
    "tried": ("data commands", "data"),
    "mails": ("message recipients", "recipients"),
    "verdict": ("filter result", "filter results", "domain reputation", "reputation", "status"),
    "complained": (
        "spam rate", "spam ratio", "user reported spam rate", "user reported spam ratio", "user reported spam", "spam",
        "reported spam rate", "user report spam", "complaint rate", "complaints",
    ),
    "traps": ("trap hits", "spam trap hits", "traps"),
}  # fmt: skip
_COLUMN = {name: column for column, names in _NAMES.items() for name in names}
_VERDICTS = frozenset({"green", "yellow", "red", "high", "medium", "low", "bad"})
_NOTHING = frozenset({"", "-", "–", "—", "n/a", "na", "null", "none", "no data", "nan"})


def read(raw: bytes, now: datetime) -> Table:
    """Raises NotReadable."""
    rows = _rows(raw)
    if not rows:
        raise NotReadable("The file is empty.")
    heads: dict[str, str] = {}
    if _is_address(rows[0][1][0]):
        columns = {name: place for place, name in enumerate(_SNDS) if name}
    else:
        columns, heads, rows = _under_header(rows)
    kind = Kind.MICROSOFT if "address" in columns and "day" not in columns else Kind.GOOGLE
    if not rows:
        raise NotReadable("The file has a header and no line below it.")
    lines = list(_lines(kind, columns, heads.get("complained", ""), rows, now))
    return Table(kind, lines, sum(1 for line in lines if line.complained is None and not line.verdict))


Row = tuple[int, list[str]]  # the number of its line, its cells


def _rows(raw: bytes) -> list[Row]:
    if len(raw) > LARGEST_BYTES:
        raise NotReadable(f"The file is larger than {LARGEST_BYTES // 1_000_000} MB. Download a shorter time.")
    text = _text(raw)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter=delimiter)
    found: list[Row] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, [cell.strip() for cell in cells]))
            if len(found) > MOST_LINES:
                raise NotReadable(f"The file has more than {MOST_LINES:,} lines. Download a shorter time.")
    except csv.Error as problem:
        raise NotReadable(f"Line {reader.line_num} is no line of a CSV file ({problem}).") from None
    return found


def _text(raw: bytes) -> str:
    if raw[:4] == b"PK\x03\x04" or raw[:4] == b"\xd0\xcf\x11\xe0":
        raise NotReadable("This is a workbook or a ZIP file. Unpack it, or save the sheet as CSV, and upload that.")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", "replace")
    else:
        text = raw.decode("utf-8-sig", "replace")
    if "\0" in text:
        raise NotReadable("This is not a text file. Download the figures as CSV and upload that.")
    if text.lstrip()[:1] == "<":
        raise NotReadable("This is a web page and no CSV file: perhaps the session there had ended. Download it again.")
    return text


def _under_header(rows: Sequence[Row]) -> tuple[dict[str, int], dict[str, str], list[Row]]:
    for place, (_, cells) in enumerate(rows[:_TITLE_LINES]):
        columns: dict[str, int] = {}
        heads: dict[str, str] = {}
        for number, cell in enumerate(cells):
            if (name := _COLUMN.get(_plain(cell))) and name not in columns:
                columns[name], heads[name] = number, cell
        if columns.keys() & {"day", "begins"} and columns.keys() & {"complained", "verdict"}:
            return columns, heads, list(rows[place + 1 :])
    first = ", ".join(cell[:_LONGEST_CELL] for cell in rows[0][1][:8] if cell)
    raise NotReadable(
        f"It has no column with the day (“Date”), or none with the rate (“Spam rate”). It begins with: {first}"
    )


def _plain(head: str) -> str:
    head = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", head)
    words = re.sub(r"[^a-z0-9]+", " ", head.lower().replace("percentage", "").replace("percent", "")).strip()
    return words.removesuffix(" utc") if words != "date utc" else words


def _lines(kind: Kind, columns: dict[str, int], head: str, rows: list[Row], now: datetime) -> Iterator[Line]:
    def cell(cells: list[str], name: str) -> str:
        place = columns.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    first = "begins" if "begins" in columns else "day"
    is_day_first = _is_day_first([cell(cells, first) for _, cells in rows])
    for number, cells in rows:
        try:
            begins, ends = _span(cell(cells, first), cell(cells, "ends"), is_day_first, now)
            complained, is_most = _share(cell(cells, "complained"), head)
            yield Line(
                _subject(kind, cell(cells, "address" if kind == Kind.MICROSOFT else "domain")),
                begins,
                ends,
                complained,
                is_most,
                _count(cell(cells, "mails")) or _count(cell(cells, "tried")),
                _verdict(cell(cells, "verdict")),
                _count(cell(cells, "traps")),
            )
        except NotReadable as problem:
            raise NotReadable(f"Line {number}: {problem} Nothing of the file was taken.") from None


def _span(first: str, last: str, is_day_first: bool, now: datetime) -> tuple[datetime, datetime]:
    """A day, where the file names no end."""
    begins = _time(first, is_day_first)
    if not _EARLIEST <= begins <= now + _DAY:
        raise NotReadable(f"“{first[:_LONGEST_CELL]}” lies ahead, or long ago.")
    ends = _time(last, is_day_first) if last else begins + _DAY
    if not begins <= ends <= begins + _LONGEST:
        raise NotReadable(f"from “{first[:_LONGEST_CELL]}” to “{last[:_LONGEST_CELL]}” is no span of days.")
    return begins, ends


def _subject(kind: Kind, cell: str) -> str:
    if kind == Kind.GOOGLE:
        return cell.lower().rstrip(".")[:253]
    if not _is_address(cell):
        raise NotReadable(f"“{cell[:_LONGEST_CELL]}” is no IP address.")
    return str(ip_address(cell))


def _is_address(cell: str) -> bool:
    try:
        ip_address(cell)
    except ValueError:
        return False
    return "%" not in cell


def _verdict(cell: str) -> str:
    word = cell.lower().removeprefix("reputation_").replace("_", " ")
    return word if word in _VERDICTS else ""


def _count(cell: str) -> int | None:
    if cell.lower() in _NOTHING:
        return None
    digits = re.sub(r"[ ,.\u00a0\u202f]", "", cell)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 12):
        raise NotReadable(f"“{cell[:_LONGEST_CELL]}” is no number of mails.")
    return int(digits)


_RATE = re.compile(r"(?:[0-9.,]+ ?%? ?- ?)?(<=?|>=?)? ?([0-9]+(?:[.,][0-9]+)?(?:e-?[0-9]{1,2})?) ?(%)?", re.IGNORECASE)


def _share(cell: str, head: str) -> tuple[float | None, bool]:
    """Also of “< 0.1%” and “0.1% - < 1%”: the upper end, and that it is less."""
    if cell.lower() in _NOTHING:
        return None, False
    found = _RATE.fullmatch(cell[:_LONGEST_CELL])
    if found is None:
        raise NotReadable(f"“{cell[:_LONGEST_CELL]}” is no rate.")
    number = float(found[2].replace(",", "."))
    share = number / 100 if found[3] or _says_percent(head) else number
    if not (found[3] or _says_percent(head) or "ratio" in head.lower() or number == 0):
        raise NotReadable(
            f"nobody can tell whether “{cell[:_LONGEST_CELL]}” is a share or per cent. Call the column “Spam rate (%)”"
            " or “Spam ratio”."
        )
    if share > 1:
        raise NotReadable(f"“{cell[:_LONGEST_CELL]}” is more than all mails.")
    return share, (found[1] or "").startswith("<")


def _says_percent(head: str) -> bool:
    return "%" in head or "percent" in head.lower()


_NUMBERS = re.compile(
    r"(\d{1,2})([/.])(\d{1,2})[/.](\d{4})(?:,? (\d{1,2}):(\d{2})(?::(\d{2}))? ?([AP]M)?)?", re.IGNORECASE
)
_IN_WORDS = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%Y/%m/%d")


def _is_day_first(cells: Sequence[str]) -> bool:
    """Both providers write the month first; a spreadsheet in between may have written it its own way."""
    found = [match for match in map(_NUMBERS.fullmatch, cells) if match]
    return any(match[2] == "." or int(match[1]) > 12 for match in found)


def _time(cell: str, is_day_first: bool) -> datetime:
    """UTC, where the file does not say."""
    try:
        if match := _NUMBERS.fullmatch(cell):
            month, day = (match[3], match[1]) if is_day_first else (match[1], match[3])
            hour = int(match[5] or 0)
            if match[8]:
                hour = hour % 12 + (12 if match[8].upper() == "PM" else 0)
            return datetime(int(match[4]), int(month), int(day), hour, int(match[6] or 0), tzinfo=UTC)
        return _in_words(cell)
    except (ValueError, OverflowError):
        raise NotReadable(f"“{cell[:_LONGEST_CELL]}” is no date, such as 2026-11-24 or 11/24/2026.") from None


def _in_words(cell: str) -> datetime:
    for shape in _IN_WORDS:
        try:
            return datetime.strptime(cell, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
    found = datetime.fromisoformat(cell)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
