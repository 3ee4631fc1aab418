"""Whose servers somebody's mail goes to."""

import pytest

from contacts.models import Contact
from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_an_unknown_domain_counts_among_all_others() -> None:
    person("ana")
    Contact.objects.create(email="bo@googlemail.com")
    assert who("mailbox", lane="gmail") == {"bo"}
    assert who("mailbox", lane="other") == {"ana"}
