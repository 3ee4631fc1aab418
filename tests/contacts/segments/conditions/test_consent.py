"""How and when somebody agreed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import ConsentEvent
from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_consent_by_way_and_time() -> None:
    for name, channel, days, kind in (
        ("file", "import", 5, "given"),
        ("page", "page", 5, "given"),
        ("long-ago", "import", 50, "given"),
        ("withdrawn", "import", 5, "withdrawn"),
    ):
        at = timezone.now() - timedelta(days=days)
        ConsentEvent.objects.create(contact=person(name), kind=kind, channel=channel, at=at)
    assert who("consent", channel="import", days="30") == {"file"}
    assert who("consent", channel="any", days="30") == {"file", "page"}
    assert who("consent", channel="any", days="60") == {"file", "page", "long-ago"}
