"""Words that people carry."""

import pytest

from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_tags() -> None:
    person("both", attributes={"tags": ["vip", "new"]})
    person("one", attributes={"tags": ["new"]})
    person("none")
    person("broken", attributes={"tags": "vip"})
    assert who("tag", how="has", tag="vip") == {"both", "broken"}
    assert who("tag", how="lacks", tag="vip") == {"one", "none"}
