"""What a check of a domain found, as it is kept and shown. Pure."""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal

State = Literal["good", "warn", "bad", "wait"]
Piece = tuple[str, str]  # same, added or gone; text


@dataclass(frozen=True)
class Row:
    """One record: what it should be, beside what the DNS answers."""

    kind: str  # ownership, spf, dkim, dmarc, reports, consent, returns, bounce, tracking
    type: str
    host: str  # in full
    relative: str  # as a console of the zone takes it
    value: str  # to be entered; empty: `console` shows it
    now: list[str]
    state: State
    words: str
    findings: list[dict[str, str]] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    console: str = ""
    optional: bool = False
    chain: list[str] = field(default_factory=list)
    cost: str = ""  # of SPF: what reading it takes
    tree: list[dict[str, Any]] = field(default_factory=list)  # of SPF: domain, via, lookups, text of each record in it

    @property
    def key(self) -> str:
        return f"{self.kind} {self.host}"


@dataclass(frozen=True)
class Way:
    """How mail of the domain passes when it leaves through a provider. None: it cannot be told from the DNS."""

    provider_id: int
    provider: str
    spf_domain: str
    spf_passes: bool | None
    spf_aligned: bool | None
    dkim_passes: bool | None
    words: str = ""
    is_used: bool = True

    @property
    def by_spf(self) -> bool | None:
        return _both(self.spf_passes, self.spf_aligned)

    @property
    def passes(self) -> bool | None:
        """DMARC: one of the two, for a name that is the From domain's."""
        if True in (self.by_spf, self.dkim_passes):
            return True
        return None if None in (self.by_spf, self.dkim_passes) else False


@dataclass(frozen=True)
class Report:
    domain: str
    zone: str = ""
    rows: list[Row] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    has_dmarc: bool | None = None
    policy: str = ""
    dmarc_at: str = ""
    is_missing: bool = False  # from the DNS altogether
    lost: dict[str, int] = field(default_factory=dict)  # of records that were in order: checks in a row that found not

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Report":
        """An empty one for what an older version kept otherwise; what it kept beside is left out."""
        try:
            rows = [Row(**{**row, "pieces": [(mark, text) for mark, text in row["pieces"]]}) for row in kept["rows"]]
            known = {one.name for one in fields(cls)} - {"rows", "ways"}
            rest = {name: value for name, value in kept.items() if name in known}
            return cls(rows=rows, ways=[Way(**way) for way in kept["ways"]], **rest)
        except (KeyError, TypeError, ValueError):
            return cls(str(kept.get("domain", "")))

    def way(self, provider_id: int) -> Way | None:
        return next((way for way in self.ways if way.provider_id == provider_id), None)

    def since(self, before: "Report") -> "Report":
        """With what got lost; silence is no news. Hosts of counted links have checks of their own: see link_hosts."""
        was_in_order = {row.key for row in before.rows if row.state in ("good", "warn")} | before.lost.keys()
        lost = {}
        for row in self.rows:
            if row.state in ("bad", "wait") and row.key in was_in_order and not row.optional and row.kind != "tracking":
                lost[row.key] = before.lost.get(row.key, 0) + (row.state == "bad")
        return replace(self, lost=lost)

    @property
    def gone(self) -> list[Row]:
        """Records that were in order and were found not to be, twice: an answer of one moment is no news."""
        return [row for row in self.rows if self.lost.get(row.key, 0) >= 2]

    @property
    def wrong(self) -> list[Row]:
        """Records that have to be entered or mended."""
        return [row for row in self.rows if row.state == "bad" and not row.optional]

    @property
    def used(self) -> list[Way]:
        return [way for way in self.ways if way.is_used]

    @property
    def is_silent(self) -> bool:
        """Name servers left a question open. What the DNS cannot tell at all, such as unknown keys, is no silence."""
        return self.has_dmarc is None or any(row.state == "wait" for row in self.rows)

    @property
    def state(self) -> str:
        """As delivery.domains.models names it."""
        passing = [way.passes for way in self.used]
        if self.has_dmarc is None or (self.has_dmarc and None in passing and False not in passing):
            return "unknown"
        if not self.has_dmarc or False in passing:
            return "fails"
        return "partly" if any(row.state in ("bad", "warn") and not row.optional for row in self.rows) else "passes"


def difference(wanted: str, now: str, *, at: str | None = None) -> list[Piece]:
    """`now` beside `wanted`, part by part: what stays, what has to go, what has to come."""
    if not now:
        return []
    split = (lambda text: text.split(at)) if at else (lambda text: [text])
    before, after = [[part.strip() for part in split(text) if part.strip()] for text in (now, wanted)]
    known = {part.lower() for part in before}
    meant = {part.lower() for part in after}
    pieces: list[Piece] = [("same" if part.lower() in meant else "gone", part) for part in before]
    added: list[Piece] = [("added", part) for part in after if part.lower() not in known]
    if at == " " and pieces and "all" in pieces[-1][1].lower():
        return [*pieces[:-1], *added, pieces[-1]] if pieces[-1][0] == "same" else [*pieces, *added]
    return [*pieces, *added]


def relative(host: str, zone: str) -> str:
    """ "@" for the zone itself; a console adds the zone by itself."""
    if host == zone:
        return "@"
    return host.removesuffix(f".{zone}") if zone else host


def _both(*claims: bool | None) -> bool | None:
    if False in claims:
        return False
    return None if None in claims else True
