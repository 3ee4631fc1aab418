"""Links by which somebody without a login reads a report: numbers and the mail, nobody's name."""

import secrets
from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts import audit
from accounts.models import Organisation, User
from accounts.numbers import whole_number
from campaigns.models import Campaign, SharedReport, Stage

DAYS = (7, 30, 90)
MOST = 20  # links of one campaign that work at once

_signer = Signer(salt="campaigns.reporting.sharing", sep=".")


class NotShareable(Exception):
    """No link is made; its words say why."""


def share(campaign: Campaign, *, by: User, days: int, note: str = "") -> SharedReport:
    """Raises NotShareable."""
    if campaign.stage in (Stage.DRAFT, Stage.SCHEDULED, Stage.HELD):
        raise NotShareable("There is nothing to read before the first mail has left.")
    if days not in DAYS:
        raise NotShareable("Choose how long the link shall work.")
    if working(campaign).count() >= MOST:
        raise NotShareable(f"{MOST} links to this report work already. Take one back first.")
    made = SharedReport.objects.create(
        campaign=campaign,
        secret=secrets.token_urlsafe(16),
        note=note.strip()[:120],
        created_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit.record(by, "report.shared", campaign.name, campaign=campaign.pk, link=made.pk, days=days)
    return made


def revoke(shared: SharedReport, *, by: User) -> bool:
    """From now on the link works no more. False if that was so already."""
    if not SharedReport.objects.filter(pk=shared.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    audit.record(by, "report.unshared", shared.campaign.name, campaign=shared.campaign_id, link=shared.pk)
    return True


def working(campaign: Campaign, now: datetime | None = None) -> QuerySet[SharedReport]:
    """The links that lead somewhere."""
    return campaign.shared_reports.filter(revoked_at=None, expires_at__gt=now or timezone.now())


def token(shared: SharedReport) -> str:
    return _signer.sign(f"{shared.pk}-{shared.secret}")


def addresses(campaign: Campaign) -> list[tuple[SharedReport, str]]:
    """The links that work, each as it is given away."""
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    found = working(campaign).select_related("created_by")
    return [(shared, f"{base}{reverse('shared-report', args=[token(shared)])}") for shared in found]


def recognise(text: str) -> SharedReport | None:
    """None for a token that we did not sign, and for one that is over or was taken back."""
    try:
        number, _, secret = _signer.unsign(text[:200]).partition("-")
    except BadSignature:
        return None
    known = SharedReport.objects.select_related("campaign__batch__provider")
    found = known.filter(pk=whole_number(number) or 0, revoked_at=None, expires_at__gt=timezone.now()).first()
    return found if found and constant_time_compare(found.secret, secret) else None
