"""When it is decided who gets a campaign: at the time of sending, or beforehand and for good."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from campaigns.models import Campaign
from contacts.fixed import drawing, fixing
from contacts.models import FixedAudience, FixedMember

_KEPT = timedelta(hours=1)
_KEPT_SENT = timedelta(days=7)


class When(models.TextChoices):
    SENT = "sent", "When it is sent"
    NOW = "now", "Now"


def of(campaign: Campaign) -> When:
    return When.NOW if campaign.fixed_audience_id else When.SENT


def decide(campaign: Campaign, when: When, *, again: bool = False) -> None:
    """Set it on a locked campaign, which the caller saves. Decided before for the same choice, it stays as it was,
    unless `again`.
    """
    chosen, fixed = campaign.chosen_audience(), campaign.fixed_audience
    is_wanted = when == When.NOW and bool(chosen.lists)
    if is_wanted and not again and fixed is not None and fixed.chosen == chosen.to_json():
        return
    if fixed is not None:
        drawing.give_up(fixed.pk)
    campaign.fixed_audience = fixing.fix(chosen) if is_wanted else None


def forget() -> None:
    """What no campaign refers to any more, and who it was once the mail has been out for some days.

    A rehearsal that may still be sent as it was keeps its people.
    """
    now = timezone.now()
    unused = FixedAudience.objects.filter(campaigns=None, asked_at__lt=now - _KEPT)
    drawing.forget(unused.values_list("pk", flat=True))
    is_young = Q(batch=None) | Q(batch__finished_at=None) | Q(batch__finished_at__gte=now - _KEPT_SENT)
    may_be_repeated = Q(batch__rehearsal=True, repeated_by=None)
    needed = Campaign.objects.filter(is_young | may_be_repeated, fixed_audience=OuterRef("pk"))
    members = FixedMember.objects.filter(audience_id=OuterRef("pk"))
    sent = FixedAudience.objects.filter(Exists(members), ~Exists(needed)).exclude(campaigns=None)
    drawing.forget_members(sent.values_list("pk", flat=True))
