"""The figures at which a campaign stops itself, and those at which it does not."""

import pytest

from delivery.policy.stop_rules import Figures, Rule, decide, is_mass_event, warn


def figures(tried: int, hard: int = 0, blocked: int = 0, complained: int = 0) -> Figures:
    return Figures(tried - hard - blocked, tried, hard, blocked, complained)


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        (figures(0), None),
        (figures(12, hard=12), None),  # too few to judge by
        (figures(199, hard=40), None),
        (figures(200, hard=10), None),  # exactly 5 %
        (figures(200, hard=11), Rule.HARD),
        (figures(45, hard=41), Rule.HARD),  # more than 8 % of the first 500 already
        (figures(500, hard=25), None),
        (figures(500, hard=41), Rule.HARD),
        (figures(10_000, hard=500), None),
        (figures(10_000, hard=501), Rule.HARD),
        (figures(1_000, hard=41), None),  # those 8 % are of the first 500 only
        (figures(199, blocked=5), None),
        (figures(200, blocked=1), None),
        (figures(200, blocked=2), Rule.BLOCKED),  # exactly 1 %
        (figures(10_000, blocked=99), None),
        (figures(10_000, blocked=100), Rule.BLOCKED),
        (figures(50, complained=2), None),
        (figures(50, complained=3), Rule.COMPLAINED),
        (figures(1_000, complained=3), Rule.COMPLAINED),  # exactly 0.3 %
        (figures(1_001, complained=3), None),
        (figures(10_000, complained=29), None),
        (figures(10_000, complained=30), Rule.COMPLAINED),
        (figures(0, complained=3), Rule.COMPLAINED),  # quicker than the count of the accepted
    ],
)
def test_a_campaign_stops_at_these_figures_and_not_before(now: Figures, rule: Rule | None) -> None:
    stop = decide(now)
    assert (stop.rule if stop else None) == rule


@pytest.mark.parametrize(
    ("now", "resumed_at", "rule"),
    [
        (figures(500, hard=60), figures(500, hard=60), None),  # what a person has seen does not count again
        (figures(690, hard=100), figures(500, hard=60), None),
        (figures(700, hard=71), figures(500, hard=60), Rule.HARD),
        (figures(550, hard=101), figures(500, hard=60), Rule.HARD),
        (figures(699, blocked=12), figures(500, blocked=10), None),
        (figures(700, blocked=12), figures(500, blocked=10), Rule.BLOCKED),
        # Complaints come late, of what was accepted before: as many again as would have stopped it.
        (figures(10_000, complained=59), figures(10_000, complained=30), None),
        (figures(10_000, complained=60), figures(10_000, complained=30), Rule.COMPLAINED),
    ],
)
def test_after_a_resume_it_takes_new_evidence(now: Figures, resumed_at: Figures, rule: Rule | None) -> None:
    stop = decide(now, resumed_at)
    assert (stop.rule if stop else None) == rule


def test_it_says_why_with_the_figures_and_the_next_step() -> None:
    stop = decide(figures(400, hard=37))
    assert stop is not None
    assert stop.words.startswith("37 of 400 addresses tried (9.2\N{NO-BREAK SPACE}%) do not exist.")
    assert "resume, or cancel the rest" in stop.words
    again = decide(figures(800, hard=74), figures(400, hard=37))
    assert again is not None
    assert again.words.startswith("Since it was resumed, 37 of 400 addresses tried")
    complained = decide(figures(2_000, complained=7))
    assert complained is not None
    assert complained.words.startswith("7 of 2,000 people (0.35\N{NO-BREAK SPACE}%) marked this mail as spam.")


def test_complaints_warn_from_a_tenth_of_a_per_cent_on() -> None:
    assert warn(figures(10_000, complained=9)) == ""
    assert warn(figures(500, complained=1)) == ""
    assert warn(figures(10_000, complained=10)).startswith(
        "10 of 10,000 people (0.10\N{NO-BREAK SPACE}%) marked this mail as spam."
    )


@pytest.mark.parametrize(
    ("denied", "tried", "held"), [(9, 9, False), (10, 99, True), (10, 100, False), (11, 100, True), (500, 6000, False)]
)
def test_a_domain_that_denies_more_than_a_tenth_is_held(denied: int, tried: int, held: bool) -> None:
    assert is_mass_event(denied, tried) == held
