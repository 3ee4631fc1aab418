"""Who got a mail, and when last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_who_never_got_a_mail_is_among_those_who_got_none() -> None:
    for name, days in (("lately", 3), ("once", 300)):
        person(name, last_sent_at=timezone.now() - timedelta(days=days))
    person("never")
    assert who("received", how="last", days="90") == {"lately"}
    assert who("received", how="not-last", days="90") == {"once", "never"}
    assert who("received", how="ever") == {"lately", "once"}
    assert who("received", how="never") == {"never"}
