"""When it is decided who gets a campaign: at the time of sending, or beforehand and for good."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from campaigns.models import Campaign
from contacts.fixed import drawing, fixing
from contacts.models import FixedAudience

_KEPT = timedelta(hours=1)


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
    if when == When.SENT or not chosen.lists:
        campaign.fixed_audience = None
    elif again or fixed is None or fixed.chosen != chosen.to_json():
        campaign.fixed_audience = fixing.fix(chosen)


def forget() -> None:
    """What no campaign refers to any more."""
    unused = FixedAudience.objects.filter(campaigns=None, asked_at__lt=timezone.now() - _KEPT)
    drawing.forget(unused.values_list("pk", flat=True))
