"""One domain under a check: what was found out so far, each thing once."""

from functools import cached_property
from ipaddress import ip_address
from typing import Any

from accounts.egress import networks
from delivery.domains import dkim, dmarc, spf
from delivery.domains.dkim import Selector
from delivery.domains.dmarc import Dmarc
from delivery.domains.facts import Facts, WayOut
from delivery.domains.finding import Finding
from delivery.domains.report import Row, State, relative
from delivery.domains.resolver import Ask, Status
from delivery.domains.spf import Spf

NOT_KNOWN = "Nobody answered when we asked. It is asked again by itself."
NOT_THERE = "There is no such record yet."
NOT_USABLE = "There is a record, and receivers cannot use it."


class Look:
    def __init__(self, facts: Facts, ask: Ask) -> None:
        self.facts, self.ask, self.domain = facts, ask, facts.domain
        self.return_domain = facts.bounce_domain or facts.domain
        self._selectors: dict[str, Selector] = {}
        self._spf: dict[str, Spf] = {}

    @cached_property
    def zone(self) -> str:
        return zone_of(self.domain, self.ask)

    @property
    def is_missing(self) -> bool:
        """Neither the domain nor one above it is in the DNS: it is misspelt, or nobody has registered it."""
        return all(self.ask(name, "SOA").status == Status.MISSING for name in _names(self.domain))

    @property
    def spf(self) -> Spf:
        """Of the domain that our return addresses are at."""
        return self.spf_of(self.return_domain)

    def spf_of(self, domain: str) -> Spf:
        if domain not in self._spf:
            self._spf[domain] = spf.check(domain, self.ask)
        return self._spf[domain]

    def spf_domain(self, out: WayOut) -> str:
        """Whose record has to name this provider: our return address's where it is kept, else the sender's."""
        return self.return_domain if out.service.keeps else self.domain

    @cached_property
    def dmarc(self) -> Dmarc:
        return dmarc.check(self.domain, self.ask)

    @property
    def used(self) -> list[WayOut]:
        return [out for out in self.facts.ways if out.is_used]

    def selector(self, name: str) -> Selector:
        if name not in self._selectors:
            self._selectors[name] = dkim.check(name, self.domain, self.ask)
        return self._selectors[name]

    def addresses(self, host: str) -> list[str]:
        if is_address(host):
            return [host]
        return [value for kind in ("A", "AAAA") for value in self.ask(host, kind).values]

    def spf_term(self, out: WayOut) -> str:
        """What has to stand in the SPF record for this provider; empty: nothing, or nobody can know it from here."""
        if out.service.spf or not out.service.keeps:
            return out.service.spf
        public = [address for address in self.addresses(out.host) if is_public(address)]
        if not public:
            return ""
        return f"ip{ip_address(public[0]).version}:{public[0]}" if is_address(out.host) else f"a:{out.host}"

    def has(self, term: str, found: Spf) -> bool:
        kind, _, name = term.partition(":")
        if kind == "include":
            return found.includes(name)
        return all(found.permits(one) for one in self.addresses(name) if is_public(one))

    def is_inside(self, host: str) -> bool:
        return host == self.zone or host.endswith(f".{self.zone}")

    def row(
        self,
        kind: str,
        record: str,
        host: str,
        value: str,
        now: list[str],
        verdict: tuple[State, str],
        findings: tuple[Finding, ...] = (),
        **more: Any,
    ) -> Row:
        shown = [{"level": one.level, "text": one.text, "cure": one.cure} for one in findings]
        return Row(kind, record, host, relative(host, self.zone), value, now[:10], *verdict, shown, **more)


def zone_of(domain: str, ask: Ask) -> str:
    """The name whose DNS an admin edits, by its SOA record; the domain itself where that is not known. One that is not
    there yet, such as a new part of a domain, is to be entered in the zone above it."""
    if not ask(domain, "SOA").is_known:
        return domain
    return next((name for name in _names(domain) if ask(name, "SOA").status == Status.FOUND), domain)


def _names(domain: str) -> list[str]:
    """The domain and those above it, but for the top level."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]


def is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    try:
        return networks.is_public(ip_address(address))
    except ValueError:
        return False
