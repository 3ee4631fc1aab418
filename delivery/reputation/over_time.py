"""How the mail of a domain or of an address fared over time, beside what mailbox providers say of it.

Read from sums of batches, from the counts of DMARC reports, and from what was uploaded: never from messages.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from delivery.deliverability.figures import Deliverability, beginning
from delivery.deliverability.figures import Point as Own
from delivery.domains.dmarc_reports.models import DmarcCount
from delivery.domains.models import SendingDomain
from delivery.models import Provider, WarmupDay, WarmupPlan
from delivery.policy import advice
from delivery.policy.advice import Figures
from delivery.reputation.models import MailboxFigure, SendingAddress, verdict_kind

SPANS = (30, 90, 365)
Owner = SendingDomain | SendingAddress
_GRAVITY = ("", "green", "high", "medium", "yellow", "low", "red", "bad")


@dataclass(slots=True)
class Point:
    """A day, or a week that begins with that Monday."""

    on: date
    own: Figures = field(default_factory=Figures)  # of what was begun to be sent then
    reported: int = 0  # mails, by DMARC reports
    said: float | None = None  # the highest share of complaints that the mailbox provider shows
    is_most: bool = False  # it is less than that
    mails: int = 0  # as the mailbox provider counts them
    verdict: str = ""  # the gravest
    traps: int = 0
    warmup: str = ""

    @property
    def complained(self) -> float | None:
        return self.own.of_accepted(self.own.complained)

    @property
    def bounced(self) -> float | None:
        return self.own.of_accepted(self.own.hard + self.own.soft)

    @property
    def complaint_kind(self) -> str:
        return advice.complaint_kind(self.complained)

    @property
    def said_kind(self) -> str:
        return advice.complaint_kind(None if self.is_most and self.said == advice.LOOK_AT else self.said)

    @property
    def verdict_kind(self) -> str:
        return verdict_kind(self.verdict)


def points(owner: Owner, days: int) -> list[Point]:
    """Days of which nothing is known are left out."""
    found: dict[date, Point] = {}
    since = timezone.now().date() - timedelta(days=days)

    def at(on: date) -> Point:
        begins = beginning(on, days)
        return found.setdefault(begins, Point(begins))

    for each in _own(owner, days):
        at(each.on).own = each.figures
    for on, mails in _reported(owner).filter(day__gte=since).values_list("day").annotate(Sum("mails")).order_by():
        at(on).reported += mails
    for figure in figures(owner).filter(day__gte=since):
        _add(at(figure.day), figure)
    for day in WarmupDay.objects.filter(plan__in=plans(owner), date__gte=since).order_by("date", "plan"):
        at(day.date).warmup = f"{day.day} ({day.used:,} of {day.cap:,})"
    return [found[on] for on in sorted(found)]


def providers() -> QuerySet[Provider]:
    """Whose mail may leave from an address of one's own."""
    return Provider.objects.exclude(kind=Provider.Kind.SANDBOX).order_by("name")


def plans(owner: Owner) -> QuerySet[WarmupPlan]:
    """Warm-up plans, over or at work."""
    if isinstance(owner, SendingDomain):
        return WarmupPlan.objects.filter(sender_domain=owner.name)
    return WarmupPlan.objects.filter(provider__isnull=False, provider=owner.provider_id)


def _own(owner: Owner, days: int) -> list[Own]:
    """Of an address: those of its provider, where somebody said which that is."""
    if isinstance(owner, SendingDomain):
        return Deliverability(days, domain=owner.name).points
    return Deliverability(days, provider_id=owner.provider_id).points if owner.provider_id else []


def _reported(owner: Owner) -> QuerySet[DmarcCount]:
    if isinstance(owner, SendingDomain):
        return DmarcCount.objects.filter(domain=owner)
    return DmarcCount.objects.filter(ip=owner.ip)


def figures(owner: Owner) -> QuerySet[MailboxFigure]:
    whose = Q(domain=owner) if isinstance(owner, SendingDomain) else Q(address=owner)
    return MailboxFigure.objects.filter(whose).order_by("begins_at")


def _add(point: Point, figure: MailboxFigure) -> None:
    if figure.complained is not None and (point.said is None or figure.complained >= point.said):
        point.said, point.is_most = figure.complained, figure.is_most
    point.verdict = max(point.verdict, figure.verdict, key=_GRAVITY.index)
    point.mails += figure.mails or 0
    point.traps += figure.traps or 0
