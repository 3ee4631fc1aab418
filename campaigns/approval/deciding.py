"""Asking a colleague, and what they answer. Each act is in the audit trail."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, Role, User
from campaigns.approval import mailing, releasing, standing
from campaigns.approval.models import Approval
from campaigns.approval.releasing import Held
from campaigns.drafts import versions
from campaigns.models import Campaign, DraftVersion


class NotPossible(Exception):
    """Its text may be shown."""


@transaction.atomic
def ask(campaign: Campaign, of: User, note: str, *, by: User, organisation: Organisation) -> Approval:
    """Instead of whoever was asked before. They are mailed once, if a mail server is ready. Raises NotPossible."""
    _locked(campaign)
    if of not in standing.colleagues(by, organisation):
        raise NotPossible("Choose a colleague who may send campaigns.")
    _withdraw(campaign, by)
    asked = Approval.objects.create(campaign=campaign, asked_by=by, asked_of=of, note=note)
    audit.record(by, "campaign.approval_asked", campaign.name, campaign=campaign.pk, of=of.pk)
    if of != by:
        mailing.tell_asked(asked, organisation)
    return asked


@transaction.atomic
def withdraw(campaign: Campaign, *, by: User) -> bool:
    """False: nobody was being asked any more."""
    _locked(campaign)
    is_taken = _withdraw(campaign, by)
    if is_taken:
        audit.record(by, "campaign.approval_withdrawn", campaign.name, campaign=campaign.pk)
    return is_taken


@transaction.atomic
def decide(
    campaign: Campaign, *, approve: bool, answer: str, seen: str, by: User, organisation: Organisation
) -> Held | None:
    """`seen`: the seal of what the page showed, which alone can be approved. Raises NotPossible.

    Returns what the approval set going: a campaign that had been held for want of it.
    """
    locked = _locked(campaign)
    asked = _open(campaign).select_related("asked_by", "campaign").first()
    if asked is None:
        raise NotPossible("Nobody asks for approval of this any more.")
    if why := standing.obstacle(asked, by, organisation):
        raise NotPossible(why)
    _as_shown(locked, seen)
    if approve and (why := standing.other_rules(locked)):
        raise NotPossible(why)
    asked.decided_by, asked.decided_at, asked.answer = by, timezone.now(), answer
    asked.state = Approval.State.APPROVED if approve else Approval.State.SENT_BACK
    if approve:
        asked.frozen, asked.version = standing.frozen(locked), _kept(locked, f"Approved by {by}")
    asked.save()
    action = "campaign.approved" if approve else "campaign.sent_back"
    audit.record(by, action, locked.name, campaign=locked.pk, answer=answer)
    held = releasing.let_go(locked) if approve else None
    if asked.asked_by and asked.asked_by != by:
        mailing.tell_decided(asked, organisation)
    return held


@transaction.atomic
def override(campaign: Campaign, reason: str, *, seen: str, by: User) -> Held | None:
    """An owner lets it go as it was shown, without anybody's approval. Raises and returns like decide."""
    locked = _locked(campaign)
    if by.role != Role.OWNER:
        raise NotPossible("Only an owner can let a campaign go without approval.")
    _as_shown(locked, seen)
    if why := standing.other_rules(locked):
        raise NotPossible(why)
    _withdraw(campaign, by)
    Approval.objects.create(
        campaign=campaign,
        state=Approval.State.OVERRIDDEN,
        decided_by=by,
        decided_at=timezone.now(),
        answer=reason,
        frozen=standing.frozen(locked),
        version=_kept(locked, f"Let go by {by}"),
    )
    audit.record(by, "campaign.approval_overridden", locked.name, campaign=locked.pk, reason=reason)
    return releasing.let_go(locked)


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update(of=("self",)).select_related("brand", "batch").get(pk=campaign.pk)


def _as_shown(campaign: Campaign, seen: str) -> None:
    if releasing.seal(campaign) != seen:
        raise NotPossible("It was changed while you read it, or when it starts was. Look again: nothing was decided.")


def _open(campaign: Campaign) -> QuerySet[Approval]:
    return Approval.objects.filter(campaign=campaign, state=Approval.State.ASKED)


def _withdraw(campaign: Campaign, by: User) -> bool:
    now = timezone.now()
    return _open(campaign).update(state=Approval.State.WITHDRAWN, decided_by=by, decided_at=now) > 0


def _kept(campaign: Campaign, name: str) -> DraftVersion | None:
    """The version that says what was approved, to compare with; a rehearsal that is through has none."""
    if not campaign.is_draft:
        return None
    try:
        return versions.keep(campaign.pk, name[:120])
    except versions.TooMany:
        return versions.close(campaign)
