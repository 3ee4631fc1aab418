"""The tally's strip of each row: what stays and what the row changed are never more than everybody."""

from contacts.segments import steps
from contacts.segments.rules import Match


def test_rows_that_must_all_fit_take_people_away() -> None:
    first, second = steps.of(["in Paris", "with a tag"], [400, 400], 1_000, Match.ALL)
    assert (first.stay, first.change, first.change_words) == ("40.00%", "60.00%", "−600")
    assert (second.stay, second.change, second.change_words) == ("40.00%", "0.00%", "±0")


def test_rows_of_which_any_may_fit_bring_people() -> None:
    first, second = steps.of(["in Paris", "with a tag"], [400, 1_000], 1_000, Match.ANY)
    assert (first.stay, first.change, first.change_words) == ("0.00%", "40.00%", "+400")
    assert (second.stay, second.change, second.change_words) == ("40.00%", "60.00%", "+600")
