"""Who opened, and when last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_those_who_did_not_open_are_everybody_but_those_who_did() -> None:
    for name, days in (("lately", 3), ("once", 300)):
        person(name, last_opened_at=timezone.now() - timedelta(days=days))
    person("never")
    assert who("opened", how="last", days="90") == {"lately"}
    assert who("opened", how="not-last", days="90") == {"once", "never"}
    assert who("opened", how="ever") == {"lately", "once"}
    assert who("opened", how="never") == {"never"}
