"""The records of a domain but for its keys: what they should be, beside what the DNS answers."""

from typing import Any

from accounts.organisation import public_address
from delivery.domains import catalogue, dmarc_record, spf_merging
from delivery.domains.looking import NOT_KNOWN, NOT_THERE, NOT_USABLE, Look
from delivery.domains.report import Row, State, difference
from delivery.domains.resolver import Status
from delivery.domains.spf import MOST_LOOKUPS, MOST_VOID, Spf

_Verdict = tuple[State, str]
_DONE = {"none": "left alone", "quarantine": "put with the spam", "reject": "refused"}


def spf(look: Look) -> list[Row]:
    """Of the domain of our return addresses, and of the sender's where a provider goes by that."""
    return [row for domain in dict.fromkeys([look.return_domain, look.domain]) for row in _spf(look, domain)]


def _spf(look: Look, domain: str) -> list[Row]:
    asking = [out for out in look.used if look.spf_domain(out) == domain]
    wanted = list(dict.fromkeys(term for out in asking if (term := look.spf_term(out))))
    is_ours = domain == look.return_domain
    if not wanted and not (is_ours and (look.spf.records or any(out.service.keeps for out in asking))):
        return []
    found = look.spf_of(domain)
    now = list(found.records)
    missing = [term for term in wanted if not look.has(term, found)]
    verdict = _spf_verdict(found, wanted, missing)
    value = found.record if verdict[0] == "good" else spf_merging.merged(now, missing)
    pieces = difference(value, " ".join(now), at=" ") if now and now != [value] else []
    costs = {"cost": _cost(found), "tree": _tree(found)} if found.branches else {}
    return [look.row("spf", "TXT", domain, value, now, verdict, found.findings, pieces=pieces, **costs)]


def _cost(found: Spf) -> str:
    """RFC 7208 4.6.4"""
    voids = f"{found.voids} of at most {MOST_VOID}"
    return f"Reading it takes {found.lookups} of at most {MOST_LOOKUPS} look-ups. Leading nowhere: {voids}."


def _tree(found: Spf) -> list[dict[str, Any]]:
    """Its records in the order in which receivers read them, each with the one that leads to it."""
    path: list[str] = []
    tree = []
    for branch in found.branches:
        path[branch.depth :] = [branch.domain]
        via = path[branch.depth - 1] if branch.depth else ""
        tree.append({"domain": branch.domain, "via": via, "lookups": branch.lookups, "text": branch.text})
    return tree


def _spf_verdict(found: Spf, wanted: list[str], missing: list[str]) -> _Verdict:
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
        for name, kind, value in look.facts.returns_of(out):
            host = f"{name}.{look.domain}"
            answer = look.ask(host, kind)
            now = list(answer.values)
            is_there = catalogue.is_there(value, now)
            words = f"With it SPF counts for your domain, too: {out.service.returns_name} at {out.service.name}."
            verdict: _Verdict = ("good", "It is there.") if is_there else ("warn", words)
            if not answer.is_known:
                verdict = "wait", NOT_KNOWN
            shown, console = ("", out.service.console) if "*" in value else (value, "")
            rows.append(look.row("returns", kind, host, shown, now, verdict, optional=True, console=console))
    return rows


def ownership(look: Look) -> list[Row]:
    """That the domain is this customer's, where a service sends nothing before it has seen that."""
    rows = []
    for service in dict.fromkeys(out.service for out in look.used if out.service.ownership):
        answer = look.ask(look.domain, "TXT")
        now = [text for text in answer.values if text.lower().startswith(service.ownership)]
        words = f"{service.name} asks for it to know that the domain is yours. It stands beside other TXT records."
        verdict: _Verdict = ("good", f"{service.name} sees that the domain is yours.") if now else ("bad", words)
        if not answer.is_known:
            verdict = "wait", NOT_KNOWN
        rows.append(look.row("ownership", "TXT", look.domain, "", now, verdict, console=service.console))
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
    """The host of counted links; one is offered where they would lead to a name that is not this domain's."""
    target, shared = look.facts.public_host, look.facts.shared_tracking_host
    if host := look.facts.tracking_host or (shared if look.is_inside(shared) else ""):
        nowhere = "It leads nowhere, so counted links in mails of this domain do not work."
        return [_leading_here(look, host, ("bad", nowhere), "It leads here.")]
    used = shared or target
    if look.is_inside(used) or public_address.is_private(target):
        return []
    offer = f"Counted links can carry this domain’s name instead of {used}: filters and readers trust it more."
    here = "It leads here: counted links can go by it."
    return [_leading_here(look, f"go.{look.domain}", ("warn", offer), here, optional=True)]


def _leading_here(look: Look, host: str, if_not: _Verdict, here: str, *, optional: bool = False) -> Row:
    target, answer = look.facts.public_host, look.ask(host, "A")
    addresses = set(look.addresses(host))
    now = list(answer.chain[:1]) or sorted(addresses)
    verdict = if_not
    if not answer.is_known:
        verdict = "wait", NOT_KNOWN
    elif target in answer.chain or addresses & set(look.addresses(target)):
        verdict = "good", here
    elif now:
        verdict = (
            "warn",
            "It leads to another machine than the public address. That is right only behind a proxy of yours.",
        )
    pieces = difference(target, now[0]) if now and verdict[0] == "warn" else []
    return look.row("tracking", "CNAME", host, target, now, verdict, pieces=pieces, optional=optional)
