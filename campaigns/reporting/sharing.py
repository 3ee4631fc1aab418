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
    return _made(SharedReport(campaign=campaign, note=note, created_by=by), days)


def share_page(page: str, query: str, *, by: User, days: int, note: str = "") -> SharedReport:
    """The table of a page under Reports, as it was asked for. Raises NotShareable."""
    if len(query) > 2000:
        raise NotShareable("Too much is chosen for one link.")
    return _made(SharedReport(page=page, query=query, note=note, created_by=by), days)


def _made(made: SharedReport, days: int) -> SharedReport:
    if days not in DAYS:
        raise NotShareable("Choose how long the link shall work.")
    if working(made.campaign or made.page).count() >= MOST:
        raise NotShareable(f"{MOST} links to this report work already. Take one back first.")
    made.secret, made.note = secrets.token_urlsafe(16), made.note.strip()[:120]
    made.expires_at = timezone.now() + timedelta(days=days)
    made.save()
    audit.record(made.created_by, "report.shared", _name(made), campaign=made.campaign_id, link=made.pk, days=days)
    return made


def _name(shared: SharedReport) -> str:
    return shared.campaign.name if shared.campaign else shared.page


def revoke(shared: SharedReport, *, by: User) -> bool:
    """From now on the link works no more. False if that was so already."""
    if not SharedReport.objects.filter(pk=shared.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    audit.record(by, "report.unshared", _name(shared), campaign=shared.campaign_id, link=shared.pk)
    return True


def working(of: Campaign | str, now: datetime | None = None) -> QuerySet[SharedReport]:
    """The links to a campaign's report, or to a page by its name, that lead somewhere."""
    which = {"page": of, "campaign": None} if isinstance(of, str) else {"campaign": of}
    return SharedReport.objects.filter(revoked_at=None, expires_at__gt=now or timezone.now(), **which)


def token(shared: SharedReport) -> str:
    return _signer.sign(f"{shared.pk}-{shared.secret}")


def addresses(of: Campaign | str) -> list[tuple[SharedReport, str]]:
    """The links that work, each as it is given away."""
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    found = working(of).select_related("created_by")
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
