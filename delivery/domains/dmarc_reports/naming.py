"""Whose network a source is in: what its reverse DNS says, where that leads back to the same address."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from delivery.domains import reverse_dns
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
    found = reverse_dns.look_up(address, ask, most=_MOST_NAMES)
    if found is None or found.leads_back is None:
        return None
    return zone_of(found.name.lower(), ask)[:253] if found.leads_back else ""
