"""Whether mail may go there at all."""

import pytest

from contacts.models import Suppression
from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_reasons_not_to_write() -> None:
    for name in ("dead", "angry", "fine"):
        person(name)
    Suppression.objects.create(email="dead@example.com", reason="hard_bounce")
    Suppression.objects.create(email="angry@example.com", reason="complaint")
    assert who("suppressed", how="any") == {"dead", "angry"}
    assert who("suppressed", how="complaint") == {"angry"}
    assert who("suppressed", how="none") == {"fine"}
    Suppression.objects.filter(email="dead@example.com").update(reason="held")
    assert who("suppressed", how="held") == {"dead"}
