"""What a check needs to know of us: the ways out, the names that we use, keys of our own. Pure."""

from dataclasses import dataclass, field

from delivery.domains.catalogue import Service


@dataclass(frozen=True, slots=True)
class WayOut:
    provider_id: int
    name: str
    host: str
    service: Service
    is_smtp: bool = True
    is_used: bool = True  # routes lead there, or it is the usual one; others are only judged


@dataclass(frozen=True)
class Facts:
    domain: str
    bounce_domain: str = ""
    public_host: str = ""
    tracking_host: str = ""  # of its own for counted links
    shared_tracking_host: str = ""  # of all domains that have none
    ways: tuple[WayOut, ...] = ()
    selectors: dict[str, list[str]] = field(default_factory=dict)  # as entered, by service
    own_keys: tuple[tuple[str, str], ...] = ()  # selector and record of the keys that Tallypost signs with
    signs: bool = False  # with them, by now
    reports_to: str = ""  # the address whose mail is read for DMARC reports
    return_names: dict[str, str] = field(default_factory=dict)  # of return addresses, as chosen at a service
    proofs: dict[int, tuple[str, ...]] = field(default_factory=dict)  # by provider: what a delivered mail passed

    def selectors_of(self, service: Service) -> list[str]:
        return list(dict.fromkeys([*service.selectors, *self.selectors.get(service.key, [])]))

    def returns_of(self, out: WayOut) -> list[tuple[str, str, str]]:
        """See catalogue.Service.returns_for."""
        return out.service.returns_for(out.host, self.return_names.get(out.service.key, ""))

    def proven(self, provider_id: int, what: str) -> bool:
        return what in self.proofs.get(provider_id, ())
