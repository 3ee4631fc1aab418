"""The records of a domain but for its keys: what they should be, beside what the DNS answers."""

from delivery.domains import dmarc_record, spf_merging
from delivery.domains.looking import NOT_KNOWN, NOT_THERE, NOT_USABLE, Look
from delivery.domains.report import Row, State, difference
from delivery.domains.resolver import Status

_Verdict = tuple[State, str]
_DONE = {"none": "left alone", "quarantine": "put with the spam", "reject": "refused"}


def spf(look: Look) -> list[Row]:
    wanted = list(dict.fromkeys(term for out in look.used if (term := look.spf_term(out))))
    if not wanted and not look.spf.records and not any(out.service.keeps for out in look.used):
        return []
    now = list(look.spf.records)
    missing = [term for term in wanted if not look.has(term)]
    verdict = _spf_verdict(look, wanted, missing)
    value = look.spf.record if verdict[0] == "good" else spf_merging.merged(now, missing)
    pieces = difference(value, " ".join(now), at=" ") if now and now != [value] else []
    return [look.row("spf", "TXT", look.return_domain, value, now, verdict, look.spf.findings, pieces=pieces)]


def _spf_verdict(look: Look, wanted: list[str], missing: list[str]) -> _Verdict:
    found = look.spf
    if found.status == Status.UNKNOWN:
        return "wait", NOT_KNOWN
    if not found.records:
        return "bad" if wanted else "warn", NOT_THERE
    if not found.holds:
        return "bad", NOT_USABLE
    if not found.is_complete:
        return "wait", NOT_KNOWN
    if missing:
        return (
            "bad",
            f"{' and '.join(missing)} is missing in it. Change the record that is there; never add a second one.",
        )
    if any(one.level in ("bad", "warn") for one in found.findings):
        return "warn", "The record works, and could be better."
    return "good", "The record names all that it has to."


def dmarc(look: Look) -> Row:
    found = look.dmarc
    host = f"_dmarc.{found.found_at or look.zone}"
    now = [found.record.text] if found.record else list(look.ask(host, "TXT").values)
    wanted = "v=DMARC1; p=none"
    if look.facts.reports_to:
        wanted = dmarc_record.with_reports_to(wanted, look.facts.reports_to)
    value = found.record.text if found.record and found.holds else wanted
    verdict: _Verdict
    if found.holds and any(one.level in ("bad", "warn") for one in found.findings):
        verdict = "warn", "The record works, and could be better."
    elif found.holds:
        verdict = "good", f"Mail in your name that passes neither check is {_DONE[found.policy]}."
    elif not found.is_complete:
        verdict = "wait", NOT_KNOWN
    else:
        verdict = "bad", NOT_USABLE if now else NOT_THERE
    pieces = difference(value, now[0], at=";") if now and not found.holds else []
    return look.row("dmarc", "TXT", host, value, now, verdict, found.findings, pieces=pieces)


def reports(look: Look) -> list[Row]:
    """That DMARC reports come to us: the record that there is, with our address in it, and what the DNS of another
    owner has to say to that (RFC 9990)."""
    found, address = look.dmarc, look.facts.reports_to
    if not (address and found.record and found.holds):
        return []
    host, now = f"_dmarc.{found.found_at}", found.record.text
    is_there = address.lower() in [one.lower() for one in found.record.reports_to]
    value = now if is_there else dmarc_record.with_reports_to(now, address)
    words = "Mailboxes then tell who sends in your name, and whether it passes. Change the record that is there."
    verdict: _Verdict = ("good", "Mailboxes report here.") if is_there else ("warn", words)
    pieces = [] if is_there else difference(value, now, at=";")
    made = [look.row("reports", "TXT", host, value, [now], verdict, pieces=pieces, optional=True)]
    at = address.rpartition("@")[2].lower()
    if at == found.organisational or at.endswith(f".{found.organisational}"):
        return made
    host = f"{found.found_at}._report._dmarc.{at}"
    answer = look.ask(host, "TXT")
    agrees = any(dmarc_record.is_dmarc(text) for text in answer.values)
    verdict = ("good", "It is there.") if agrees else ("warn", f"By it {at} says that it takes these reports.")
    if not answer.is_known:
        verdict = "wait", NOT_KNOWN
    return [*made, look.row("consent", "TXT", host, "v=DMARC1", list(answer.values), verdict, optional=True)]


def returns(look: Look) -> list[Row]:
    """Return addresses at the domain, where a service offers them."""
    rows = []
    for out in look.used:
        for name, kind, value in out.service.returns_for(out.host):
            host = f"{name}.{look.domain}"
            answer = look.ask(host, kind)
            now = list(answer.chain[:1] if kind == "CNAME" else answer.values)
            is_there = value.lower() in [one.lower() for one in now]
            words = f"With it SPF counts for your domain, too: {out.service.returns_name} at {out.service.name}."
            verdict: _Verdict = ("good", "It is there.") if is_there else ("warn", words)
            if not answer.is_known:
                verdict = "wait", NOT_KNOWN
            rows.append(look.row("returns", kind, host, value, now, verdict, optional=True))
    return rows


def bounce(look: Look) -> list[Row]:
    if not look.facts.bounce_domain:
        return []
    answer = look.ask(look.facts.bounce_domain, "MX")
    now = list(answer.values)
    verdict: _Verdict = ("bad", "Undeliverable mail has nowhere to go back to.")
    if not answer.is_known:
        verdict = "wait", NOT_KNOWN
    elif now:
        verdict = "good", "Undeliverable mail finds its way."
    value = now[0] if now else f"10 {look.facts.public_host}"
    return [look.row("bounce", "MX", look.facts.bounce_domain, value, now, verdict)]


def tracking(look: Look) -> list[Row]:
    host, target = look.facts.tracking_host, look.facts.public_host
    if not host:
        return []
    answer = look.ask(host, "A")
    addresses = set(look.addresses(host))
    now = list(answer.chain[:1]) or sorted(addresses)
    verdict: _Verdict = ("bad", "It leads nowhere, so counted links in mails of this domain would not work.")
    if not answer.is_known:
        verdict = "wait", NOT_KNOWN
    elif target in answer.chain or addresses & set(look.addresses(target)):
        verdict = "good", "It leads here."
    elif now:
        verdict = (
            "warn",
            "It leads to another machine than the public address. That is right only behind a proxy of yours.",
        )
    pieces = difference(target, now[0]) if now and verdict[0] == "warn" else []
    return [look.row("tracking", "CNAME", host, target, now, verdict, pieces=pieces)]
