"""Who left, how and when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import ConsentEvent
from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_who_withdrew_and_how() -> None:
    for name, channel, days in (("button", "one-click", 3), ("page", "page", 5), ("long-ago", "page", 50)):
        at = timezone.now() - timedelta(days=days)
        ConsentEvent.objects.create(contact=person(name), kind="withdrawn", channel=channel, at=at)
    ConsentEvent.objects.create(contact=person("agreed"), kind="given", channel="page")
    assert who("withdrew", channel="one-click", days="30") == {"button"}
    assert who("withdrew", channel="any", days="30") == {"button", "page"}
    assert who("withdrew", channel="page", days="60") == {"page", "long-ago"}
