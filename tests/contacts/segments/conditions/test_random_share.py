"""A share drawn by lot."""

import pytest

from contacts.models import Contact
from tests.contacts.segments.asked import who

pytestmark = pytest.mark.django_db


def test_a_random_share_is_drawn_once_and_for_all() -> None:
    Contact.objects.bulk_create(Contact(email=f"p{n}@example.com") for n in range(1000))
    first = who("random", percent="20", draw="A")
    assert 150 < len(first) < 250
    assert who("random", percent="20", draw="A") == first
    assert who("random", percent="40", draw="A") > first
    assert who("random", percent="100", draw="A") == {f"p{n}" for n in range(1000)}
    assert len(who("random", percent="20", draw="B") & first) < 100
