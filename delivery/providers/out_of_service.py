"""Providers through which nothing leaves, for Home."""

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from delivery.models import Provider

PAUSED_BY_HAND = "Paused by hand."
DRAINED_BY_HAND = "Drained by hand."
BELONGS_TO_THE_DEMO = "It belongs to the demo data: there is no such server."


def problems(user: User) -> Iterator[Problem]:
    may_cure = allows(user, Permission.DELIVERY)
    for provider in Provider.objects.out_of_service():
        state = "paused" if provider.is_paused else "out of order"
        reason, cure = provider.state_reason, ""
        if provider.trouble and not provider.is_paused:
            cure = provider.trouble.cure
            reason = provider.trouble.what_it_does if may_cure and cure else provider.trouble.summary
        url, about = reverse("provider", args=[provider.pk]), Alarm.PROVIDER.about(provider.pk)
        is_wanted = provider.is_paused and reason in (PAUSED_BY_HAND, DRAINED_BY_HAND, BELONGS_TO_THE_DEMO)
        text = f"{reason} {cure if may_cure else 'An admin can see to it.'}".strip()
        yield Problem("bad", f"{provider} is {state}", text, url, about=about, is_wanted=is_wanted)
