"""People of another segment."""

import pytest

from contacts.models import Segment
from contacts.segments.rules import Group, Match, Rule, write
from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_another_segment_and_its_opposite() -> None:
    person("ana", first_name="Ana")
    person("bo", first_name="Bo")
    rules = Group(Match.ANY, (Rule("profile", {"field": "first_name", "how": "is", "value": "Ana"}),))
    segment = Segment.objects.create(name="Anas", rules=write(rules))
    assert who("segment", how="in", segment=str(segment.pk)) == {"ana"}
    assert who("segment", how="out", segment=str(segment.pk)) == {"bo"}
