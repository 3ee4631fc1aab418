"""DMARC of a domain as receivers find it by RFC 9989: a walk up the tree of names, no list of public suffixes."""

from dataclasses import dataclass
from functools import cached_property

from delivery.domains import dmarc_record
from delivery.domains.dmarc_record import Record
from delivery.domains.finding import Finding
from delivery.domains.resolver import Ask, Status

_MOST_LABELS = 8  # RFC 9989 4.10: of a longer name all but the last seven are skipped after the first look


@dataclass(frozen=True)
class Walk:
    """What was found on the way from a domain to the root."""

    domain: str
    records: dict[str, Record]  # by the name they apply to, the longest first
    findings: tuple[Finding, ...] = ()
    is_complete: bool = True

    @cached_property
    def organisational(self) -> str:
        """RFC 9989 4.10.2: the part of a name that belongs to one owner."""
        for name, record in self.records.items():
            if record.psd == "y" and name != self.domain:
                labels = self.domain.split(".")
                return ".".join(labels[-(name.count(".") + 2) :])
            if record.psd == "n":
                return name
        return min(self.records, key=lambda name: name.count("."), default=self.domain)


@dataclass(frozen=True)
class Dmarc:
    domain: str
    organisational: str
    found_at: str  # the domain whose record counts; empty: none does
    record: Record | None
    policy: str  # what receivers are asked to do with mail from this domain that fails; empty: nothing is said
    findings: tuple[Finding, ...]
    is_complete: bool

    @property
    def holds(self) -> bool:
        return bool(self.policy)


def check(domain: str, ask: Ask) -> Dmarc:
    """Never raises."""
    found = walk(domain, ask)
    name, record = _that_counts(found)
    findings = [*found.findings, *(record.findings if record else ())]
    if record and record.is_test and record.policy != "none":
        text = f"It is marked as a test (t=y), so receivers do one step less than p={record.policy}."
        findings.append(Finding("info", "testing", text))
    if record:
        findings += _reports_elsewhere(name, record, found.organisational, ask)
    policy = _policy(domain, name, record, ask)
    return Dmarc(domain, found.organisational, name, record, policy, tuple(findings), found.is_complete)


def walk(domain: str, ask: Ask) -> Walk:
    records: dict[str, Record] = {}
    findings: list[Finding] = []
    is_complete = True
    for name in names(domain.lower().rstrip(".")):
        answer = ask(f"_dmarc.{name}", "TXT")
        is_complete &= answer.is_known
        texts = [text for text in answer.values if dmarc_record.is_dmarc(text)]
        if len(texts) > 1:
            text = f"_dmarc.{name} has {len(texts)} DMARC records. Receivers then use none of them."
            findings.append(Finding("bad", "several", text, "Leave one, and delete the others."))
        elif texts:
            records[name] = record = dmarc_record.read(texts[0])
            if record.psd in ("y", "n"):
                break
        elif answer.status == Status.FOUND and any("dmarc1" in value.lower() for value in answer.values):
            text = f"What stands at _dmarc.{name} has to begin with “v=DMARC1;”, in capitals."
            findings.append(Finding("bad", "almost", text, "Correct its beginning."))
    return Walk(domain.lower().rstrip("."), records, tuple(findings), is_complete)


def names(domain: str) -> list[str]:
    """The names a receiver asks about, the domain itself first: at most eight."""
    labels = domain.split(".")
    found = [domain]
    rest = labels[-(_MOST_LABELS - 1) :] if len(labels) > _MOST_LABELS else labels[1:]
    while rest:
        found.append(".".join(rest))
        rest = rest[1:]
    return found


def is_aligned(domain: str, other: str, ask: Ask, *, strict: bool) -> bool:
    """Whether receivers take `other`, which was authenticated, for the owner of `domain` in From (RFC 9989 4.4)."""
    domain, other = domain.lower().rstrip("."), other.lower().rstrip(".")
    if domain == other:
        return True
    return not strict and bool(other) and walk(domain, ask).organisational == walk(other, ask).organisational


def _that_counts(found: Walk) -> tuple[str, Record | None]:
    """RFC 9989 4.10.1: the domain's own, else its organisation's, else the suffix's."""
    own = found.records.get(found.domain)
    if own is not None:
        return found.domain, own
    if record := found.records.get(found.organisational):
        return found.organisational, record
    suffix = next(((name, record) for name, record in found.records.items() if record.psd == "y"), None)
    return suffix or ("", None)


def _policy(domain: str, name: str, record: Record | None, ask: Ask) -> str:
    if record is None or not record.policy:
        return ""
    if name == domain:
        return record.policy
    exists = any(
        ask(domain, kind).status in (Status.FOUND, Status.EMPTY, Status.UNKNOWN) for kind in ("A", "MX", "TXT")
    )
    return record.subdomains if exists else record.missing_names


def _reports_elsewhere(name: str, record: Record, organisational: str, ask: Ask) -> list[Finding]:
    """RFC 9990 3.5: who is to get reports of another's domain has to agree in the DNS."""
    found = []
    for address in record.reports_to[:5]:
        host = address.rpartition("@")[2].lower().rstrip(".")
        if host == organisational or host.endswith(f".{organisational}"):
            continue
        answer = ask(f"{name}._report._dmarc.{host}", "TXT")
        if answer.is_void or (answer.values and not any(dmarc_record.is_dmarc(text) for text in answer.values)):
            text = f"{host} does not say that it takes reports about {name}, so most are not sent to {address}."
            cure = f"Use an address at {organisational}, or ask {host} for the record {name}._report._dmarc.{host}."
            found.append(Finding("warn", "report-elsewhere", text, cure))
    return found
