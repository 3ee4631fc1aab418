"""Who agreed to be counted."""

import pytest

from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_consent_to_being_counted() -> None:
    person("yes", open_consent="given")
    person("no", open_consent="refused", click_consent="given")
    assert who("tracking-consent", part="opens", state="given") == {"yes"}
    assert who("tracking-consent", part="clicks", state="unknown") == {"yes"}
