"""The tally's strip of each row: what stays and what the row changed are never more than everybody."""

from contacts.segments import steps
from contacts.segments.rules import Group, Match, Rule


def test_rows_that_must_all_fit_take_people_away() -> None:
    first, second = steps.of(["in Paris", "with a tag"], [400, 400], 1_000, Match.ALL)
    assert (first.stay, first.change, first.change_words) == ("40.00%", "60.00%", "−600")
    assert (second.stay, second.change, second.change_words) == ("40.00%", "0.00%", "±0")


def test_rows_of_which_any_may_fit_bring_people() -> None:
    first, second = steps.of(["in Paris", "with a tag"], [400, 1_000], 1_000, Match.ANY)
    assert (first.stay, first.change, first.change_words) == ("0.00%", "40.00%", "+400")
    assert (second.stay, second.change, second.change_words) == ("40.00%", "60.00%", "+600")


def test_rows_of_groups_within_have_strips_of_their_own() -> None:
    red, big, old = (Rule(name) for name in ("red", "big", "old"))
    inner = Group(Match.ANY, (big, Group(Match.NONE, (old,))))
    numbers = {(): [1_000, 400, 300], (1,): [400, 250, 300], (1, 1): [400, 150]}
    first, second = steps.tree(
        Group(Match.ALL, (red, inner)), lambda part: getattr(part, "condition", "group"), numbers, 1_000
    )
    assert (first.words, first.change_words, first.within) == ("red", "−600", [])
    assert (second.words, second.change_words, second.brings) == ("group", "−100", False)
    brought, none_of = second.within
    assert (brought.words, brought.change_words, brought.stay, brought.change) == ("big", "+250", "0.00%", "25.00%")
    assert (none_of.change_words, none_of.brings) == ("+50", True)
    (left_out,) = none_of.within
    assert (left_out.words, left_out.change_words, left_out.brings) == ("old", "−250", False)
    without = steps.tree(Group(Match.ALL, (red, inner)), lambda _: "", {(): [1_000, 400, 300]}, 1_000)
    assert not any(step.within for step in without)
