"""A morning page: what is under way, what needs somebody, what was sent last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Organisation, Role, User
from accounts.organisation import public_address
from accounts.permissions import Permission, StaffRequest, allows, requires
from accounts.shell import menu, problems
from campaigns import samples
from campaigns.models import Campaign
from campaigns.views.campaigns import with_tallies
from contacts.models import Contact, ImportJob
from delivery import ledger
from delivery.models import Batch, Provider
from tracking.reports import numbers

_LAST = 5
_RUNNING = (ImportJob.State.CHECKING, ImportJob.State.RUNNING)
_WAITING = (ImportJob.State.UPLOADED, ImportJob.State.READY)


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for a person: why, and the one button."""

    kind: str
    title: str
    text: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Step:
    """Of what a new installation needs before real mail leaves."""

    is_done: bool
    title: str
    text: str
    url: str


@require_safe
@requires(Permission.LOOK)
def home(request: StaffRequest) -> HttpResponse:
    if request.htmx and request.htmx.target == "now":
        return render(request, "campaigns/_now.html", _now())
    last = list(Campaign.objects.sent().select_related("batch__provider").order_by("-batch__started_at", "-pk")[:_LAST])
    context = {
        **_now(),
        "needs": list(_needs(request.user)),
        "last": [row | {"headline": _headline(row["campaign"])} for row in with_tallies(last)],
        "first_mail": _first_mail(),
        "steps": _steps(request.user),
        "has_samples": samples.inventory().is_there,
        "has_campaigns": Campaign.objects.exists(),
    }
    return render(request, "campaigns/home.html", context)


def _now() -> dict[str, Any]:
    under_way = with_tallies(list(Campaign.objects.under_way().select_related("batch__provider")))
    for row in under_way:
        row["progress"] = ledger.progress(row["campaign"].batch)
    return {
        "under_way": under_way,
        "scheduled": list(Campaign.objects.scheduled().select_related("batch").order_by("batch__not_before")[:_LAST]),
        "imports": list(ImportJob.objects.filter(state__in=_RUNNING)),
    }


def _needs(user: User) -> Iterator[Need]:
    recent = timezone.now() - timedelta(days=7)
    for campaign in Campaign.objects.filter(batch__state=Batch.State.PAUSED).select_related("batch"):
        reason = campaign.batch.state_reason if campaign.batch else ""
        is_rehearsal = campaign.batch is not None and campaign.batch.rehearsal
        what = f"The rehearsal of “{campaign}”" if is_rehearsal else f"“{campaign}”"
        yield Need("warn", f"{what} is paused", reason, campaign.get_absolute_url(), "Look at it")
    yield from _undecided(user)
    for provider in Provider.objects.out_of_service():
        url = reverse("provider", args=[provider.pk]) if allows(user, Permission.DELIVERY) else ""
        state = "paused" if provider.is_paused else "out of order"
        reason = provider.state_reason if provider.is_paused or not provider.trouble else provider.trouble.summary
        cure = "" if url else " An admin can see to it."
        yield Need("bad", f"{provider} is {state}", f"{reason}{cure}".strip(), url, "See why")
    for problem in problems.for_user(user):
        yield Need(problem.kind, problem.title, problem.text, problem.url, problem.label)
    waiting = ImportJob.objects.filter(state__in=_WAITING, created_by=user, created_at__gt=recent)
    for job in waiting:
        text = "It has been checked; nothing is imported yet."
        if job.state == ImportJob.State.UPLOADED:
            text = "Say which column is what; nothing is imported yet."
        yield Need("wait", f"The import of {job} waits for you", text, _import_url(job), "Go on")
    for job in ImportJob.objects.filter(state=ImportJob.State.FAILED, finished_at__gt=recent):
        yield Need("bad", f"The import of {job} failed", job.problem, _import_url(job), "See why")


def _undecided(user: User) -> Iterator[Need]:
    """Of what was under way in the last days, because the news of a decision grows old."""
    begun = Campaign.objects.filter(batch__started_at__gt=timezone.now() - timedelta(days=7), batch__rehearsal=False)
    by_batch = {campaign.batch_id: campaign for campaign in begun if campaign.batch_id}
    label = "Look and decide" if allows(user, Permission.SEND) else "See who"
    for batch_id, count in ledger.undecided(by_batch).items():
        people = "1 person" if count == 1 else f"{count:,} people"
        url = f"{reverse('batch-people', args=[batch_id])}?term=uncertain"
        text = "The connection broke before the answer. Leave it so, or send it again."
        yield Need("warn", f"{people} may have got “{by_batch[batch_id]}” or not", text, url, label)


def _import_url(job: ImportJob) -> str:
    return reverse("import", args=[job.pk])


def _first_mail() -> Campaign | None:
    """The oldest draft, while nothing was ever launched."""
    if Campaign.objects.exclude(batch=None).exists():
        return None
    return Campaign.objects.drafts().filter(is_sample=False).order_by("pk").first()


def _steps(user: User) -> list[Step]:
    """Empty once all is done, and for whoever may do none of it."""
    organisation = Organisation.get()
    leads_here = organisation and public_address.why_not_for_real(organisation.public_address) is None
    steps = [
        (
            "import-new",
            _has_people(),
            "Bring your people",
            "From a file of any other system, with what they agreed to.",
        ),
        ("providers", _has_way_out(), "Connect a mail server", "Until then all mail goes into the sandbox."),
        ("settings", bool(leads_here), "Set the public address", "Where links and unsubscribing in real mail lead."),
    ]
    found = [
        Step(is_done, title, text, url)
        for name, is_done, title, text in steps
        if (url := menu.address_of(name, user)) is not None
    ]
    return found if user.role != Role.VIEWER and not all(step.is_done for step in found) else []


def _has_people() -> bool:
    """Others than those who work here, who are there from the set-up on."""
    return Contact.objects.filter(is_sample=False).exclude(email__in=User.objects.values("email")).exists()


def _has_way_out() -> bool:
    return Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).exists()


def _headline(campaign: Campaign) -> str:
    return numbers.headline([campaign.batch_id]) if campaign.batch_id else ""
