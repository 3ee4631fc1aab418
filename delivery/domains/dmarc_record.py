"""One DMARC record as it is written (RFC 9989 4.7 to 4.8). Pure."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from delivery.domains import tags
from delivery.domains.finding import Finding

# Receivers that go by RFC 9989 split it differently from RFC 7489 in nothing but what follows the version.
_VERSION = re.compile(r"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")
POLICIES = ("none", "quarantine", "reject")
_REMOVED = {"pct": "a share of mail", "rf": "a format of reports", "ri": "how often reports come"}
_KNOWN = {"v", "p", "sp", "np", "adkim", "aspf", "rua", "ruf", "fo", "psd", "t", *_REMOVED}


@dataclass(frozen=True, slots=True)
class Record:
    text: str
    tags: dict[str, str]
    policy: str  # empty: it asks for nothing, as if there were none
    subdomains: str
    missing_names: str
    reports_to: tuple[str, ...]  # addresses without mailto:
    psd: str
    strict_dkim: bool
    strict_spf: bool
    is_test: bool
    findings: tuple[Finding, ...]


def is_dmarc(text: str) -> bool:
    return bool(_VERSION.match(text.strip()))


def read(text: str) -> Record:
    """Never raises: what is wrong with it stands in its findings."""
    found: list[Finding] = []
    try:
        given = tags.read(text)
    except tags.NotATagList as problem:
        text_of_it = f"The part “{problem}” is not understood; some receivers then ignore the whole record."
        found.append(Finding("bad", "syntax", text_of_it, "Correct that part, or take it out."))
        given = _what_is_understood(text)
    reports = _reports(given.get("rua", ""), found)
    policy = _policy(given, reports, found)
    for name, meant in _REMOVED.items():
        if name in given:
            words = f"“{name}=” ({meant}) was taken out of the standard (RFC 9989) and does nothing any more."
            found.append(Finding("info", "removed", words, f"Take “{name}={given[name][:20]}” out."))
    strange = [name for name in given if name not in _KNOWN]
    found += [Finding("info", "unknown-tag", f"“{name[:30]}=” means nothing; receivers skip it.") for name in strange]
    if policy and not reports:
        words = "Nobody gets reports on who sends as this domain."
        found.append(Finding("info", "no-reports", words, "Add rua=mailto: and an address of yours."))
    subdomains = _other_policy("sp", given, policy, found)
    return Record(
        text,
        given,
        policy,
        subdomains,
        _other_policy("np", given, subdomains, found),
        reports,
        given.get("psd", "u").lower(),
        given.get("adkim", "r").lower() == "s",
        given.get("aspf", "r").lower() == "s",
        given.get("t", "n").lower() == "y",
        tuple(found),
    )


def with_reports_to(text: str, address: str) -> str:
    """The record with one more place for reports; what stands in it stays."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    for at, part in enumerate(parts):
        name, _, value = part.partition("=")
        if name.strip().lower() == "rua":
            parts[at] = f"rua={value.strip()},mailto:{address}" if value.strip() else f"rua=mailto:{address}"
            return "; ".join(parts)
    return "; ".join([*parts, f"rua=mailto:{address}"])


def _policy(given: dict[str, str], reports: tuple[str, ...], found: list[Finding]) -> str:
    """RFC 9989 4.7: without a policy that can be read it is p=none if reports are wanted, else no record at all."""
    said = given.get("p", "").lower()
    if said in POLICIES:
        return said
    what = f"“p={said[:20]}” is no policy" if said else "It names no policy (p=)"
    if reports:
        text = f"{what}; receivers take it for p=none."
        found.append(Finding("warn", "no-policy", text, "Write p=none, p=quarantine or p=reject."))
        return "none"
    text = f"{what} and no address for reports, so receivers treat it as if there were no record."
    found.append(Finding("bad", "no-policy", text, "Write p=none, p=quarantine or p=reject."))
    return ""


def _other_policy(name: str, given: dict[str, str], otherwise: str, found: list[Finding]) -> str:
    said = given.get(name, "").lower()
    if not said or said in POLICIES:
        return said or otherwise
    text = f"“{name}={said[:20]}” is no policy; receivers skip it."
    found.append(Finding("warn", "other-policy", text, f"Correct it, or take “{name}=” out."))
    return otherwise


def _reports(said: str, found: list[Finding]) -> tuple[str, ...]:
    addresses = []
    for uri in filter(None, (part.strip() for part in said.split(","))):
        parts = urlsplit(uri.partition("!")[0])
        if parts.scheme.lower() == "mailto" and "@" in parts.path.strip("@"):
            addresses.append(parts.path)
        else:
            text = f"“{uri[:80]}” is no place for reports, so none are sent there. The rest of the record holds."
            found.append(
                Finding("warn", "report-address", text, f"Write it as mailto:{uri[:80]}" if "@" in uri else "")
            )
    return tuple(addresses)


def _what_is_understood(text: str) -> dict[str, str]:
    understood: dict[str, str] = {}
    for part in text.split(";"):
        try:
            understood |= {name: value for name, value in tags.read(part).items() if name not in understood}
        except tags.NotATagList:
            continue
    return understood
