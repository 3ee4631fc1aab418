"""The XML of a report as values. Pure.

Over expat itself, without namespaces, because receivers write them wrongly or not at all; whatever declares a document
type is refused, so that no entity is ever expanded.
"""

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from xml.parsers import expat

MOST_ROWS = 10_000  # that differ; a receiver sends one for each source and outcome
_DEPTH, _TEXT = 12, 1_000
_MOST_COUNT = 1_000_000_000
DISPOSITIONS = ("none", "pass", "quarantine", "reject")
_MOST_MENDED = 2_000_000
_MOST_SECONDS = 32 * 86_400
_FIRST, _LAST = 1_262_304_000, 4_102_444_800  # 2010 and 2100


class NoReport(Exception):
    """Its words are for people."""


@dataclass(frozen=True, slots=True)
class Row:
    """Mails of one source that fared alike. `spf` and `dkim`: passed for a name that is the From domain's."""

    ip: str
    from_domain: str
    disposition: str  # one of DISPOSITIONS; "" what no standard names
    spf: bool
    dkim: bool
    spf_domain: str = ""
    spf_result: str = ""
    dkim_domain: str = ""
    dkim_selector: str = ""
    dkim_result: str = ""
    reason: str = ""  # why the receiver did other than the policy asks


@dataclass(frozen=True, slots=True)
class Report:
    reporter: str
    number: str  # the reporter's own
    domain: str  # whose DMARC record was applied
    begins: int  # seconds since 1970
    ends: int
    policy: str
    rows: dict[Row, int] = field(default_factory=dict)  # and how many mails

    @property
    def mails(self) -> int:
        return sum(self.rows.values())


def parse(text: bytes) -> Report:
    """Raises NoReport. Where its XML is broken, once more with what receivers leave unescaped mended."""
    try:
        return _read(text)
    except expat.ExpatError as problem:
        try:
            return _read(_mended(text[:_MOST_MENDED]))
        except expat.ExpatError:
            raise NoReport(f"Its XML is broken at line {problem.lineno}.") from None


def _read(text: bytes | str) -> Report:
    reader = _Reader()
    try:
        reader.read(text)
    except (LookupError, UnicodeError, ValueError):  # an encoding that nobody knows
        raise NoReport("Its XML cannot be read.") from None
    return reader.report()


def _mended(text: bytes) -> str:
    """Whoever writes XML by hand forgets names with "&", addresses in angle brackets, letters of another encoding."""
    return _NO_MARKUP.sub(
        lambda found: html.escape(found[0]), _NO_TEXT.sub(" ", text.decode("utf-8", "replace").strip())
    )


_NO_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NO_MARKUP = re.compile(r"&(?!\w{1,10};|#\w{1,8};)|<(?!/?[A-Za-z_][\w:.-]*(?:\s[^<>]*)?/?>|[?!])")


class _Reader:
    def __init__(self) -> None:
        self._path: list[str] = []
        self._text: list[str] = []
        self._size = 0
        self._of_report: dict[str, str] = {}
        self._record: dict[str, str] = {}
        self._auth: list[dict[str, str]] = []
        self._rows: Counter[Row] = Counter()
        self._begun = False

    def read(self, text: bytes | str) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._hear
        parser.Parse(text, True)

    def report(self) -> Report:
        said = self._of_report
        domain = _domain(said.get("policy_published/domain", ""))
        reporter = _clean(said.get("report_metadata/org_name", ""), 100) or _clean(
            said.get("report_metadata/email", "").rpartition("@")[2], 100
        )
        number = _clean(said.get("report_metadata/report_id", ""), 200)
        if not (domain and reporter and number):
            raise NoReport("It does not say whose report on which domain it is.")
        begins = _whole(said.get("report_metadata/date_range/begin", ""))
        ends = _whole(said.get("report_metadata/date_range/end", ""))
        if begins is None or ends is None or not _FIRST <= begins <= ends <= min(begins + _MOST_SECONDS, _LAST):
            raise NoReport("It does not say which days it is about.")
        if not self._rows:
            raise NoReport("It counts no mail.")
        policy = said.get("policy_published/p", "").lower()
        return Report(
            reporter, number, domain, begins, ends, policy if policy in DISPOSITIONS else "", dict(self._rows)
        )

    def _refuse(self, *_: Any) -> None:
        raise NoReport("Its XML declares a document type or entities, which no report needs.")

    def _start(self, name: str, _: dict[str, str]) -> None:
        name = name.rpartition(":")[2].lower()
        if not self._path and name != "feedback":
            raise NoReport("It is no DMARC report.")
        if len(self._path) >= _DEPTH:
            raise NoReport("Its XML is nested deeper than any report is.")
        self._path.append(name)
        self._text, self._size = [], 0
        if self._path == ["feedback", "record"]:
            self._record, self._auth = {}, []
        elif len(self._path) == 4 and self._path[2] == "auth_results" and len(self._auth) < 100:
            self._auth.append({"": name})

    def _hear(self, text: str) -> None:
        room = _TEXT - self._size
        if room > 0:
            self._text.append(text[:room])
            self._size += len(text)

    def _end(self, _: str) -> None:
        path, text = self._path, "".join(self._text).strip()
        self._text, self._size = [], 0
        if path[:2] != ["feedback", "record"]:
            self._of_report.setdefault("/".join(path[1:]), text)
        elif len(path) == 5 and path[2] == "auth_results":
            if self._auth:
                self._auth[-1].setdefault(path[4], text)
        elif len(path) == 2:
            self._count()
        else:
            self._record.setdefault("/".join(path[2:]), text)
        path.pop()

    def _count(self) -> None:
        said = self._record
        count = _whole(said.get("row/count", ""))
        try:
            address = ip_address(said.get("row/source_ip", "").strip("[]"))
        except ValueError:
            return
        if count is None or not 0 < count <= _MOST_COUNT:
            return
        result = "row/policy_evaluated/"
        disposition = said.get(f"{result}disposition", "").lower()
        spf, dkim = self._checked("spf"), self._checked("dkim")
        from_domain = _domain(said.get("identifiers/header_from", ""))
        spf_passed, dkim_passed = (said.get(f"{result}{by}", "").lower() == "pass" for by in ("spf", "dkim"))
        is_as_asked = spf_passed or dkim_passed or disposition == self._asked(from_domain)
        row = Row(
            str(getattr(address, "ipv4_mapped", None) or address),
            from_domain,
            disposition if disposition in DISPOSITIONS else "",
            spf_passed,
            dkim_passed,
            _domain(spf.get("domain", "")),
            _clean(spf.get("result", ""), 20).lower(),
            _domain(dkim.get("domain", "")),
            _clean(dkim.get("selector", ""), 63),
            _clean(dkim.get("result", ""), 20).lower(),
            "" if is_as_asked else _clean(said.get(f"{result}reason/type", ""), 30).lower(),  # OpenDMARC: of each mail
        )
        if row not in self._rows and len(self._rows) >= MOST_ROWS:
            raise NoReport("It has more lines than any report on a domain like this.")
        self._rows[row] = min(self._rows[row] + count, _MOST_COUNT)

    def _asked(self, from_domain: str) -> str:
        """The policy for mail that fails, which stands before the records."""
        published = {name: self._of_report.get(f"policy_published/{name}", "").lower() for name in ("p", "sp")}
        is_below = from_domain != _domain(self._of_report.get("policy_published/domain", ""))
        return published["sp"] or published["p"] if is_below else published["p"]

    def _checked(self, kind: str) -> dict[str, str]:
        """Of several signatures that which passed, else the first."""
        found = [one for one in self._auth if one[""] == kind]
        return next((one for one in found if one.get("result", "").lower() == "pass"), found[0] if found else {})


def _clean(text: str, most: int) -> str:
    """A line that a terminal and a database can bear."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:most]


def _domain(text: str) -> str:
    return _clean(text, 253).lower().rstrip(".")


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
