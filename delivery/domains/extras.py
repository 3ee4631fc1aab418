"""What a domain may have beside what its mail needs: BIMI, MTA-STS and TLS-RPT. Each says what it brings."""

import re
from collections.abc import Callable

from delivery.domains import dmarc, tags
from delivery.domains.looking import NOT_KNOWN, Look
from delivery.domains.report import Row, State

KINDS = ("bimi", "mta-sts", "tls-rpt")
_BIMI = re.compile(r"\s*v\s*=\s*BIMI1\s*(?:;|\Z)")
_Verdict = tuple[State, str]
Fetch = Callable[[str], str | None]  # the text at a web address; None: there is none that can be had


def rows(look: Look, fetch: Fetch | None = None) -> list[Row]:
    """The last two are about mail that the domain receives, so only where it receives any."""
    found = [_bimi(look)]
    receiver = look.return_domain
    if any(" " in value.strip() for value in look.ask(receiver, "MX").values):  # "0 ." takes none, RFC 7505
        found += [_mta_sts(look, receiver, fetch), _tls_rpt(look, receiver)]
    return found


def _bimi(look: Look) -> Row:
    """draft-brand-indicators-for-message-identification-10, 7.1 to 7.3: the selector is “default”, since our mail names
    none, and what the domain does not say itself its organisational domain says for it."""
    here, above = f"default._bimi.{look.domain}", f"default._bimi.{look.dmarc.organisational}"
    host, now, is_known = here, *_bimi_records(look, here)
    if not now and above != here:
        now, is_known_above = _bimi_records(look, above)
        host, is_known = above if now else here, is_known and is_known_above
    value = f"v=BIMI1; l=https://{look.domain}/logo.svg; a="
    verdict: _Verdict = _logo(look, now) if now else ("warn", _brings_logo(look))
    if not is_known:
        verdict = "wait", NOT_KNOWN
    return look.row("bimi", "TXT", host, now[0] if now else value, now, verdict, optional=True)


def _bimi_records(look: Look, host: str) -> tuple[list[str], bool]:
    """What counts as a record, to the letter; and whether anybody answered."""
    answer = look.ask(host, "TXT")
    return [text for text in answer.values if _BIMI.match(text)], answer.is_known


def _brings_logo(look: Look) -> str:
    brings = (
        "Gmail, Yahoo and Apple can show your logo beside the mail. It needs p=quarantine or p=reject, the logo as SVG "
        "Tiny PS at an https address, and for Gmail and Apple a certificate (VMC or CMC)."
    )
    organisational = look.dmarc.organisational
    if organisational == look.domain:
        return brings
    return f"{brings} At default._bimi.{organisational} it counts for all subdomains that name none of their own."


def _logo(look: Look, now: list[str]) -> _Verdict:
    if len(now) > 1:
        return "warn", f"There are {len(now)} such records. Mailboxes then use none of them."
    try:
        said = tags.read(now[0])
    except tags.NotATagList as problem:
        return "warn", f"The part “{problem}” is not understood, so no logo is shown."
    if not said.get("l"):
        return "warn", "The record says that no logo is to be shown."
    if not said["l"].lower().startswith("https://"):
        return "warn", "The logo has to be at an https address."
    if hindrance := _hindrance(look):
        return "warn", f"The logo is named, and not shown before DMARC is strict enough: {hindrance}"
    return "good", "Mailboxes find your logo."


def _hindrance(look: Look) -> str:
    """7.1, rules 7 to 9: of the domain's own record and of its organisation's."""
    found = dmarc.walk(look.domain, look.ask).records
    for name in dict.fromkeys((look.domain, look.dmarc.organisational)):
        record = found.get(name)
        if record and record.policy == "none":
            return f"{name} has p=none."
        if record and record.subdomains == "none":
            return f"{name} has sp=none."
        if record and record.policy == "quarantine" and record.tags.get("pct", "100") != "100":
            return f"{name} has pct={record.tags['pct'][:10]}."
    return "" if look.dmarc.policy in ("quarantine", "reject") else "there is no p=quarantine or p=reject."


def _mta_sts(look: Look, receiver: str, fetch: Fetch | None) -> Row:
    brings = (
        "Mail to this domain is then always encrypted on the way. It needs this record, and a policy at "
        f"https://mta-sts.{receiver}/.well-known/mta-sts.txt."
    )

    def judge(record: str) -> _Verdict:
        if not _tags(record).get("id", "").isalnum():
            return "warn", "The record names no “id=”, so senders use nothing of it."
        return _policy(look, receiver, fetch)

    return _row(look, "mta-sts", f"_mta-sts.{receiver}", "v=STSv1; id=1", brings, judge)


def _tls_rpt(look: Look, receiver: str) -> Row:
    brings = "Other servers then tell once a day when encryption to this domain failed."
    value = f"v=TLSRPTv1; rua=mailto:postmaster@{look.domain}"

    def judge(record: str) -> _Verdict:
        if not _tags(record).get("rua", "").lower().startswith(("mailto:", "https:")):
            return "warn", "The record names no place for reports: rua=mailto: and an address of yours."
        return "good", "Failures of encryption are reported."

    return _row(look, "tls-rpt", f"_smtp._tls.{receiver}", value, brings, judge)


def _row(look: Look, kind: str, host: str, value: str, brings: str, judge: Callable[[str], _Verdict]) -> Row:
    """`value`: what would have to stand there; `judge`: of the record that stands there already."""
    answer, version = look.ask(host, "TXT"), value.partition(";")[0].lower()
    now = [text for text in answer.values if text.lower().replace(" ", "").startswith(version)]
    verdict: _Verdict = judge(now[0]) if now else ("warn", brings)
    if len(now) > 1:
        verdict = "warn", f"There are {len(now)} such records. Senders then use none of them."
    if not answer.is_known:
        verdict = "wait", NOT_KNOWN
    return look.row(kind, "TXT", host, now[0] if now else value, now, verdict, optional=True)


def _tags(record: str) -> dict[str, str]:
    try:
        return tags.read(record)
    except tags.NotATagList:
        return {}


def _policy(look: Look, receiver: str, fetch: Fetch | None) -> _Verdict:
    """RFC 8461 3.2 and 4.1"""
    if fetch is None:
        return "wait", NOT_KNOWN
    text = fetch(f"https://mta-sts.{receiver}/.well-known/mta-sts.txt")
    if text is None:
        return "warn", f"The record is there, and no policy at https://mta-sts.{receiver}/.well-known/mta-sts.txt."
    pairs = [
        (name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in text.splitlines())
    ]
    said = dict(reversed(pairs))
    if said.get("version") != "STSv1" or said.get("mode") not in ("enforce", "testing", "none"):
        return "warn", "Its policy is not one that senders understand: version and mode are missing."
    if not said.get("max_age", "").isdecimal():
        return "warn", "Its policy does not say for how long it holds (max_age), so senders use nothing of it."
    if said["mode"] != "enforce":
        return "warn", f"Its policy says mode: {said['mode']}, so nothing is enforced yet."
    servers = [value.rpartition(" ")[2].lower() for value in look.ask(receiver, "MX").values]
    named = {value.lower().rstrip(".") for name, value in pairs if name == "mx"}
    if unnamed := [server for server in servers if not named & {server, f"*.{server.partition('.')[2]}"}]:
        return "warn", f"Its policy does not name {unnamed[0]}, so senders that go by it deliver no mail there."
    return "good", "Mail to this domain is always encrypted on the way."
