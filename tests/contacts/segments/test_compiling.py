"""Rows in groups become one question."""

from datetime import UTC, datetime, timedelta

import pytest

from contacts.segments import asking
from contacts.segments.rules import Group, Match, Rule
from tests.contacts.segments.asked import inside

pytestmark = pytest.mark.django_db


def test_groups_stand_in_each_other(townspeople: None) -> None:
    def city(value: str) -> Rule:
        return Rule("profile", {"field": "field:city", "how": "is", "value": value})

    either = Group(Match.ANY, (city("Paris"), city("Lyon")))
    many = Rule("profile", {"field": "field:orders", "how": "more", "value": "50"})
    assert inside(Group(Match.ALL, (either, many))) == {"lyon"}
    assert inside(Group(Match.NONE, (city("Paris"), many))) == {"odd", "empty", "nothing"}
    assert inside(Group(Match.ALL, (Group(Match.NONE, (either,)), many))) == set()


def test_now_of_the_organisation_is_used() -> None:
    assert asking.known().now - datetime.now(UTC) < timedelta(seconds=5)
