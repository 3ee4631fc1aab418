"""What waits for whoever was asked, and for whoever asked, on Home."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.shell.problems import Problem
from accounts.wording import isolated
from campaigns.approval import standing
from campaigns.approval.models import Approval
from delivery.models import Batch

_NEWS_FOR = timedelta(days=14)
_MOST = 10


def problems(user: User) -> Iterator[Problem]:
    if not standing.is_asked_for(Organisation.get()):
        return
    newest = Approval.objects.filter(campaign=OuterRef("campaign")).order_by("-id").values("pk")[:1]
    answered = Q(asked_by=user, campaign__batch=None, decided_at__gt=timezone.now() - _NEWS_FOR)
    is_held = Q(campaign__batch__state=Batch.State.PAUSED, campaign__batch__people_unapproved__isnull=False)
    can_go = Q(campaign__batch=None) | Q(campaign__batch__rehearsal=True) | is_held
    asked = Q(can_go, asked_of=user, state=Approval.State.ASKED)
    mine = asked | answered & Q(state__in=(Approval.State.SENT_BACK, Approval.State.APPROVED))
    found = Approval.objects.filter(mine, pk=Subquery(newest)).select_related("campaign", "asked_by", "decided_by")
    for approval in found[:_MOST]:
        yield _problem(approval)


def _problem(approval: Approval) -> Problem:
    name = f"“{isolated(approval.campaign.name)}”"
    url = reverse("campaign-approval", args=[approval.campaign_id])
    if approval.state == Approval.State.ASKED:
        title = f"{isolated(str(approval.asked_by or 'A colleague'))} asks you to approve {name}"
        return Problem("wait", title, approval.note, url, "Read and decide")
    who = isolated(str(approval.decided_by or "A colleague"))
    if approval.state == Approval.State.SENT_BACK:
        return Problem("warn", f"{who} sent {name} back", approval.answer, url, "Look at it")
    text = approval.answer or "It can go."
    return Problem("wait", f"{who} approved {name}", text, approval.campaign.get_absolute_url(), "Open it")
