"""Who wants no mail for a while."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_who_wants_no_mail_for_a_while() -> None:
    person("now", paused_until=timezone.now() + timedelta(days=3))
    person("over", paused_until=timezone.now() - timedelta(days=3))
    person("never")
    assert who("paused", how="now") == {"now"}
    assert who("paused", how="not") == {"over", "never"}
