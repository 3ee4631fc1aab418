"""From addresses that campaigns use: their domains appear under Delivery by themselves."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from campaigns.models import Campaign

_LATELY = timedelta(days=90)


def addresses() -> set[str]:
    """Of drafts, and of what was written lately; not of the sample, which nobody sends."""
    lately = Q(batch=None) | Q(updated_at__gt=timezone.now() - _LATELY)
    found = Campaign.objects.filter(lately, is_sample=False).exclude(sender_email="")
    return set(found.order_by().values_list("sender_email", flat=True).distinct())
