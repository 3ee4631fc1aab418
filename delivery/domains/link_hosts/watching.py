"""Link hosts are looked at again by themselves, as the DNS of their domains is; what breaks or ends soon is told."""

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.egress.fetching import NoAnswer, Validity
from accounts.models import Organisation, User
from accounts.organisation import public_address
from accounts.permissions import Permission, allows
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from delivery.domains import known
from delivery.domains.link_hosts import leading
from delivery.domains.link_hosts.models import LinkHost
from delivery.domains.models import SendingDomain

AT_ONCE = 20
_SHOWN = 3
_RENEW = (
    "From then on browsers warn of every link to it, also in mails that were sent. Have the certificate renewed where "
    "this server's proxy keeps it; most proxies renew by themselves, so look why this one did not."
)


def appear() -> None:
    """A row for each host in use, none for others. One of a domain's own led here when it was entered."""
    organisation = Organisation.get()
    if organisation is None:
        return
    now = timezone.now()
    own = {*known.counting_addresses(), organisation.tracking_url} - {"", organisation.public_address}
    used: dict[str, datetime | None] = dict.fromkeys(own, now)
    if not public_address.why_not_for_real(organisation.public_address):
        used[organisation.public_address] = None
    there = set(LinkHost.objects.values_list("address", flat=True))
    new = [LinkHost(address=address, worked_at=led) for address, led in used.items() if address not in there]
    LinkHost.objects.bulk_create(new, ignore_conflicts=True)
    LinkHost.objects.filter(address__in=there - used.keys()).delete()


def due() -> list[int]:
    appear()
    found = LinkHost.objects.filter(next_check_at__lte=timezone.now()).order_by("next_check_at")
    return list(found.values_list("pk", flat=True)[:AT_ONCE])


def ask(address: str) -> None:
    """From the beginning: at once, and after 1, 5, 15 and 60 minutes."""
    LinkHost.objects.filter(address=address).update(check_step=0, next_check_at=timezone.now())


def check(host_id: int, lead: Callable[[str], Validity | None] = leading.check) -> None:
    """That no name server answers is no news of the host."""
    host = LinkHost.objects.filter(pk=host_id).first()
    if host is None:
        return
    try:
        certificate = lead(host.address)
    except leading.NotOurs as problem:
        if isinstance(problem.__cause__, NoAnswer) and problem.__cause__.is_of_the_resolver:
            LinkHost.objects.filter(pk=host.pk).update(next_check_at=timezone.now() + LinkHost.WHILE_BROKEN)
        else:
            host.fails(problem.why, problem.cure, timezone.now())
    else:
        host.works(certificate, timezone.now())


def problems(user: User) -> Iterator[Problem]:
    organisation = Organisation.get()
    if organisation is None:
        return
    for host in in_trouble().order_by("address")[:_SHOWN]:
        domain = SendingDomain.objects.confirmed().filter(tracking_url=host.address).first()
        title, text = _broken(host, domain, organisation) if host.broken_since else _ending(host)
        if not allows(user, Permission.DELIVERY):
            text = f"{text} An admin can see to it."
        yield Problem("bad", title, text, _page(host, domain, organisation), about=Alarm.LINKS.about(host))


def in_trouble() -> QuerySet[LinkHost]:
    return LinkHost.objects.filter(Q(broken_since__isnull=False) | Q(renewed_by__lte=Now()))


def _broken(host: LinkHost, domain: SendingDomain | None, organisation: Organisation) -> tuple[str, str]:
    if host.address == organisation.public_address:
        return f"{host} does not lead here", f"Links and unsubscribing in mails lead nowhere. {host.why} {host.cure}"
    instead = LinkHost.objects.first_that_leads_here([organisation.tracking_url, organisation.public_address])
    new = f" What is launched until it works again goes by {urlsplit(instead).netloc}." if instead else ""
    title = f"Links in mail from {domain} lead nowhere" if domain else f"Counted links by {host} lead nowhere"
    return title, f"{host.why} {host.cure} Mails that were sent have such links, too.{new}"


def _ending(host: LinkHost) -> tuple[str, str]:
    ends = host.certificate_ends_at
    day = date_format(timezone.localtime(ends), "j F") if ends else ""
    return f"The certificate of {host} ends on {day}", _RENEW


def _page(host: LinkHost, domain: SendingDomain | None, organisation: Organisation) -> str:
    if domain:
        return f"{domain.get_absolute_url()}#counted-links"
    return reverse("settings") if host.address == organisation.public_address else reverse("counting")
