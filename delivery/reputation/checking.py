"""Our addresses and domains are looked up once a day: reverse DNS, and the blocklists that are switched on."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from delivery.domains import reverse_dns
from delivery.domains.models import SendingDomain
from delivery.domains.resolver import Ask, Resolver
from delivery.reputation import lists
from delivery.reputation.lists import Blocklist, Standing
from delivery.reputation.models import AskedBlocklist, DomainListing, SendingAddress

MOST = 50  # addresses
_SECONDS = 120.0
_MOST_NAMES = 5
_SHOWN = 3


def asked() -> list[Blocklist]:
    switched_on = set(AskedBlocklist.objects.values_list("key", flat=True))
    return [listed for key, listed in lists.known().items() if key in switched_on]


def look(ask: Ask | None = None) -> None:
    """Everything. Safe to run twice; silence of name servers changes nothing that was known."""
    ask = ask or Resolver(most_seconds=_SECONDS)
    switched_on = asked()
    of_addresses = [listed for listed in switched_on if listed.of == "address"]
    of_domains = [listed for listed in switched_on if listed.of == "domain"]
    for address in SendingAddress.objects.all()[:MOST]:
        _look_at(address, of_addresses, ask)
    for domain in SendingDomain.objects.confirmed():
        known = DomainListing.objects.filter(domain=domain).first()
        found = _verdicts(of_domains, domain.name, known.lists if known else [], ask)
        with suppress(IntegrityError):  # somebody has removed the domain meanwhile
            DomainListing.objects.update_or_create(
                domain=domain, defaults={"lists": found, "checked_at": timezone.now()}
            )


def problems(user: User) -> Iterator[Problem]:
    """Addresses and domains that receivers refuse by now."""
    url = reverse("reputation") if allows(user, Permission.DELIVERY) else ""
    listed = [(str(address), address.listings) for address in SendingAddress.objects.exclude(lists=[])]
    domains = DomainListing.objects.exclude(lists=[]).select_related("domain")
    listed += [(listing.domain.name, listing.listings) for listing in domains]
    for subject, found in [one for one in listed if one[1]][:_SHOWN]:
        names = " and ".join(lists.known()[one["key"]].name for one in found if one["key"] in lists.known())
        text = f"{names} lists it, so mailboxes that ask there refuse its mail. Find out why, then ask to be taken off."
        yield Problem("bad", f"{subject} is on a blocklist", text, url, about=Alarm.BLOCKLIST.about(subject))


def _look_at(address: SendingAddress, asked_lists: list[Blocklist], ask: Ask) -> None:
    found: dict[str, Any] = {}
    if name := reverse_dns.look_up(address.ip, ask, most=_MOST_NAMES):
        found = {"reverse_name": name.name[:253], "leads_back": name.leads_back}
    found["lists"] = _verdicts(asked_lists, address.ip, address.lists, ask)
    # Somebody may have removed it meanwhile.
    SendingAddress.objects.filter(pk=address.pk).update(**found, checked_at=timezone.now())


def _verdicts(
    asked_lists: list[Blocklist], subject: str, before: list[dict[str, str]], ask: Ask
) -> list[dict[str, str]]:
    known = {one["key"]: one for one in before}
    found = [lists.look_up(listed, subject, ask) for listed in asked_lists]
    return [known[one.key] if one.standing == Standing.UNKNOWN and one.key in known else asdict(one) for one in found]
