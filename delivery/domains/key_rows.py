"""The DKIM keys of a domain: those of its providers, and those that Tallypost signs with."""

from delivery.domains.catalogue import Service
from delivery.domains.dkim import Selector
from delivery.domains.finding import Finding
from delivery.domains.looking import NOT_KNOWN, NOT_THERE, NOT_USABLE, Look
from delivery.domains.report import Row, State, difference, relative
from delivery.domains.resolver import Status

_Verdict = tuple[State, str]


def rows(look: Look) -> list[Row]:
    found = [_own(look, name, value) for name, value in look.facts.own_keys]
    done = {name for name, _ in look.facts.own_keys}
    for out in look.used:
        names = [name for name in look.facts.selectors_of(out.service) if name not in done]
        done |= set(names)
        found += [_of_service(look, out.service, name) for name in names]
    return found


def _own(look: Look, name: str, value: str) -> Row:
    found = look.selector(name)
    verdict: _Verdict = ("bad", NOT_THERE)
    if found.status == Status.UNKNOWN:
        verdict = "wait", NOT_KNOWN
    elif found.passes and [_packed(text) for text in found.values] == [_packed(value)]:
        verdict = "good", "The key is there: what Tallypost signs passes."
    elif found.values:
        verdict = "bad", "Another value stands there, so what Tallypost signs does not pass."
    return _row(look, found, "TXT", value, verdict)


def _of_service(look: Look, service: Service, name: str) -> Row:
    found, value = look.selector(name), service.dkim_value(name, look.domain)
    verdict: _Verdict = ("bad", NOT_THERE)
    if found.status == Status.UNKNOWN:
        verdict = "wait", NOT_KNOWN
    elif found.passes and found.findings:
        verdict = "warn", "The key works, and could be better."
    elif found.passes:
        kind = "RSA" if found.key.kind == "rsa" else "Ed25519"
        verdict = "good", f"The key is there: {kind}, {found.key.bits} bits."
    elif found.status == Status.FOUND or found.chain:
        verdict = "bad", NOT_USABLE
    return _row(look, found, service.type, value, verdict, console="" if value else service.console)


def _row(look: Look, found: Selector, kind: str, value: str, verdict: _Verdict, console: str = "") -> Row:
    is_alias = kind == "CNAME" and bool(found.chain)
    now = list(found.chain[:1] if is_alias else found.values)
    pieces = difference(value, now[0], at=None if is_alias else ";") if value and now and verdict[0] == "bad" else []
    findings = found.findings
    if found.status in (Status.MISSING, Status.EMPTY) and not found.chain:
        findings = tuple(_entered_twice(look, found.host, kind))
    return look.row(
        *("dkim", kind, found.host, value, now, verdict, findings),
        pieces=pieces,
        console=console,
        chain=list(found.chain),
    )


def _entered_twice(look: Look, host: str, kind: str) -> list[Finding]:
    """The commonest mistake: a console that adds the zone by itself was given the whole name."""
    doubled = f"{host}.{look.zone}"
    if not any(look.ask(doubled, one).status == Status.FOUND for one in {kind, "TXT"}):
        return []
    text = f"It stands at {doubled}: the console has added {look.zone} by itself."
    return [Finding("bad", "twice", text, f"Enter only {relative(host, look.zone)} as its name.")]


def _packed(text: str) -> str:
    return "".join(text.split()).rstrip(";")
