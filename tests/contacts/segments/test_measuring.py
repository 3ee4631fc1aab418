"""How many fit, after each row."""

import pytest

from contacts.segments import asking, compiling, measuring
from contacts.segments.rules import Group, Match, Rule
from tests.contacts.segments.asked import fitting, inside, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("match", list(Match))
def test_many_people_are_counted_like_few(townspeople: None, monkeypatch: pytest.MonkeyPatch, match: Match) -> None:
    """Of many, whichever question costs less is asked: for them, or for everybody else."""
    person("tagged", attributes={"tags": ["vip"], "city": "Paris"})
    city = Rule("profile", {"field": "field:city", "how": "known"})
    group = Group(match, (city, Rule("tag", {"how": "lacks", "tag": "vip"}), Group(Match.NONE, (city,))))
    few = measuring.measure(group, asking.known(), patience_ms=5000)
    monkeypatch.setattr(measuring, "_FEW", -1)
    assert measuring.measure(group, asking.known(), patience_ms=5000) == few
    assert few.people == measuring.people(group, asking.known()) == len(inside(group))


@pytest.mark.parametrize("inner", list(Match))
@pytest.mark.parametrize("outer", list(Match))
def test_rows_of_a_group_are_asked_of_those_whom_the_rows_before_it_left(
    townspeople: None, outer: Match, inner: Match, monkeypatch: pytest.MonkeyPatch
) -> None:
    city, vip = (Rule("profile", {"field": f"field:{key}", "how": "known"}) for key in ("city", "vip"))
    lyon = Rule("profile", {"field": "field:city", "how": "is", "value": "lyon"})
    person("vip-alone", attributes={"vip": True})
    nested = Group(Match.ANY, (lyon,))
    group, about = Group(outer, (city, Group(inner, (vip, nested)))), asking.known()
    left = () if outer == Match.ANY else (Group(outer, (city,)),)
    so_far = [[], [Group(inner, (vip,))], [Group(inner, (vip, nested))]]
    expected = [len(fitting(compiling.predicate(Group(Match.ALL, (*left, *each)), about))) for each in so_far]
    found, is_exact = measuring.within_groups(group, about, patience_ms=5000)
    assert (found[1,], is_exact) == (expected, True)
    assert len(found[1, 1]) == 2
    measured = measuring.measure(group, about, patience_ms=5000)
    if outer == Match.ALL:
        assert found[1,][-1] == measured.people
    assert measuring.within_groups(Group(outer, (city, vip)), about, patience_ms=5000) == ({}, True)
    monkeypatch.setattr(measuring, "_FEW", -1)
    monkeypatch.setattr(measuring, "_AT_ONCE_COST", 0)
    assert measuring.within_groups(group, about, patience_ms=5000) == (found, True), (
        "of a small table a sample is exact"
    )
