"""Links by which whoever runs the DNS reads a domain's records without a login: they end, and can be taken back."""

import secrets
from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import audit
from accounts.models import Organisation, User
from accounts.numbers import whole_number
from delivery.domains.models import DomainLink, SendingDomain

DAYS = (7, 30)
MOST = 10  # of one domain that work at once

_signer = Signer(salt="delivery.domains.links", sep=".")


class TooMany(Exception):
    pass


def give(domain: SendingDomain, *, by: User, days: int, note: str = "") -> DomainLink:
    """Raises TooMany."""
    if working(domain).count() >= MOST:
        raise TooMany(f"{MOST} links to this domain work already. Take one back first.")
    made = DomainLink.objects.create(
        domain=domain,
        secret=secrets.token_urlsafe(16),
        note=" ".join(note.split())[:120],
        created_by=by,
        expires_at=timezone.now() + timedelta(days=days if days in DAYS else DAYS[0]),
    )
    audit.record(by, "domain.link_given", domain.name, link=made.pk, days=days)
    return made


def take_back(link: DomainLink, *, by: User) -> bool:
    """From now on it leads nowhere. False if that was so already."""
    if not DomainLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    audit.record(by, "domain.link_taken_back", link.domain.name, link=link.pk)
    return True


def working(domain: SendingDomain) -> QuerySet[DomainLink]:
    return domain.links.filter(revoked_at=None, expires_at__gt=timezone.now()).order_by("-id")


def token(link: DomainLink) -> str:
    return _signer.sign(f"{link.pk}-{link.secret}")


def addresses(domain: SendingDomain) -> list[tuple[DomainLink, str]]:
    """Those that work, each as it is given away."""
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    found = working(domain).select_related("created_by")
    return [(link, f"{base}{reverse('domain-shared', args=[token(link)])}") for link in found]


def recognise(text: str) -> DomainLink | None:
    """None for what we did not sign, and for what is over or was taken back."""
    try:
        number, _, secret = _signer.unsign(text[:200]).partition("-")
    except BadSignature:
        return None
    known = DomainLink.objects.select_related("domain")
    found = known.filter(pk=whole_number(number) or 0, revoked_at=None, expires_at__gt=timezone.now()).first()
    return found if found and constant_time_compare(found.secret, secret) else None
