"""Whose network a source is in: what its reverse DNS says, where that leads back to the same address."""

from datetime import timedelta
from ipaddress import ip_address

from django.db.models import Exists, OuterRef
from django.utils import timezone

from delivery.domains.dmarc_reports.models import DmarcCount, SourceName
from delivery.domains.looking import zone_of
from delivery.domains.resolver import Ask, Resolver

AT_ONCE = 100
_SECONDS = 45.0
_LATELY = timedelta(days=90)
_MOST_NAMES = 3  # an address may have many; the first tell enough


def name_sources(ask: Ask | None = None) -> int:
    """Those that nobody has asked about; returns how many were. Silence of name servers is asked about again."""
    ask = ask or Resolver(most_seconds=_SECONDS)
    known = SourceName.objects.filter(ip=OuterRef("ip"))
    lately = DmarcCount.objects.filter(~Exists(known), day__gt=timezone.now() - _LATELY)
    addresses = list(lately.order_by().values_list("ip", flat=True).distinct()[:AT_ONCE])
    now = timezone.now()
    found = [(address, network(address, ask)) for address in addresses]
    named = [SourceName(ip=address, name=name, asked_at=now) for address, name in found if name is not None]
    SourceName.objects.bulk_create(named, ignore_conflicts=True)
    return len(named)


def network(address: str, ask: Ask) -> str | None:
    """The zone that the address's own name is in; empty: there is none that leads back. None: nobody answered."""
    answer = ask(ip_address(address).reverse_pointer, "PTR")
    if not answer.is_known:
        return None
    for host in answer.values[:_MOST_NAMES]:
        name = host.lower().rstrip(".")
        back = ask(name, "AAAA" if ":" in address else "A")
        if not back.is_known:
            return None
        if ip_address(address) in {ip_address(value) for value in back.values}:
            return zone_of(name, ask)[:253]
    return ""
