"""Whether mail of a domain passes DMARC, for each provider it may leave through."""

from dataclasses import replace

from delivery.domains import catalogue, dmarc
from delivery.domains.facts import WayOut
from delivery.domains.looking import Look
from delivery.domains.report import Way
from delivery.domains.resolver import Status

_Claim = bool | None  # None: the DNS alone does not say


def way(look: Look, out: WayOut) -> Way:
    spf_domain, passes, aligned = _spf(look, out)
    signed = _dkim(look, out)
    # A mail that arrived once says nothing against what the DNS says now.
    if passes is not False and aligned is not False and look.facts.proven(out.provider_id, "spf"):
        passes, aligned = True, True
    if signed is None and look.facts.proven(out.provider_id, "dkim"):
        signed = True
    found = Way(out.provider_id, out.name, spf_domain, passes, aligned, signed, is_used=out.is_used)
    return replace(found, words=_in_words(found, out))


def _dkim(look: Look, out: WayOut) -> _Claim:
    """Whether a signature for the domain itself can be checked, whoever of the two makes it."""
    names = look.facts.selectors_of(out.service)
    claims = [_any_passes(look, names)] if names else []
    if look.facts.signs and look.facts.own_keys and out.is_smtp:
        claims.append(_any_passes(look, [name for name, _ in look.facts.own_keys]))
    if True in claims:
        return True
    return False if claims and None not in claims else None


def _any_passes(look: Look, names: list[str]) -> _Claim:
    looked = [look.selector(name) for name in names]
    if any(one.passes for one in looked):
        return True
    return None if any(one.status == Status.UNKNOWN for one in looked) else False


def _spf(look: Look, out: WayOut) -> tuple[str, _Claim, _Claim]:
    """The domain that SPF is asked of, whether it passes, and whether that counts for the From domain."""
    service = out.service
    strict = bool(look.dmarc.record and look.dmarc.record.strict_spf)
    if not service.keeps and not service.own_return:
        names = {name for name, _, _ in look.facts.returns_of(out)}
        own = next((name for name in names if _is_set_up(look, out, name)), "")
        return (f"{own}.{look.domain}", True, not strict) if own else ("", True, False)
    domain = look.spf_domain(out)
    found = look.spf_of(domain)
    aligned = dmarc.is_aligned(look.domain, domain, look.ask, strict=strict) if look.dmarc.is_complete else None
    if found.status == Status.UNKNOWN:
        return domain, None, aligned
    term = look.spf_term(out)
    if not found.holds:
        return domain, False, aligned
    if not term:  # in a network of one's own: from which address mail comes, only a receiver sees
        return domain, None, aligned
    there = found.includes(term.partition(":")[2]) if term.startswith("include:") else look.has(term, found)
    if there:
        return domain, True, aligned
    # A server of one's own may send from another address than the one that takes mail from us.
    return domain, False if found.is_complete and term.startswith("include:") else None, aligned


def _is_set_up(look: Look, out: WayOut, name: str) -> bool:
    host = f"{name}.{look.domain}"
    wanted = [(kind, value) for other, kind, value in look.facts.returns_of(out) if other == name]
    for kind, value in wanted:
        if not catalogue.is_there(value, look.ask(host, kind).values):
            return False
    return bool(wanted)


def _in_words(found: Way, out: WayOut) -> str:
    if found.passes:
        signed, returned = "by its signature (DKIM)", "by its return address (SPF)"
        both = f"{signed} and {returned}"
        return f"It passes {both if found.by_spf and found.dkim_passes else signed if found.dkim_passes else returned}."
    if found.passes is False and not out.service.keeps and not out.service.own_return:
        return (
            f"{out.service.name} puts a return address of its own on the mail, so SPF counts for it and not for you. "
            "Only the signature can pass: enter its DKIM records."
        )
    if found.passes is False:
        return "It passes neither check: to mailboxes it looks like a forgery."
    if not found.spf_domain and not look_for_keys(out):
        return f"Enter below what {out.service.name} calls its keys for this domain; then it can be looked up."
    return "Whether it passes cannot be told from the DNS alone. Send one mail below and see."


def look_for_keys(out: WayOut) -> bool:
    """Whether its keys have names that are known without asking."""
    return bool(out.service.selectors)
