"""Tables of real cases; p-values were looked up in a table of the chi-squared distribution."""

import random

import pytest

from campaigns.across import differences
from campaigns.across.differences import Finding, Rank, judge


@pytest.mark.parametrize(
    ("squares", "freedom", "p"),
    [
        *((3.841, 1, 0.05), (6.635, 1, 0.01), (5.991, 2, 0.05), (9.210, 2, 0.01)),
        *((7.815, 3, 0.05), (11.345, 3, 0.01), (9.488, 4, 0.05), (13.277, 4, 0.01)),
    ],
)
def test_the_distribution_is_the_one_of_the_tables(squares: float, freedom: int, p: float) -> None:
    assert differences._survival(squares, freedom) == pytest.approx(p, rel=0.002)


def test_a_clear_difference_names_best_and_worst() -> None:
    judged = judge([(500, 10_000), (300, 10_000), (400, 10_000)], higher_is_better=True)
    assert judged.finding == Finding.DIFFERENT
    assert judged.ranks == [Rank.BEST, Rank.WORST, Rank.NONE]


def test_fewer_is_better_turns_the_ranks_round() -> None:
    judged = judge([(500, 10_000), (300, 10_000)], higher_is_better=False)
    assert judged.ranks == [Rank.WORST, Rank.BEST]


def test_noise_is_called_noise() -> None:
    judged = judge([(52, 1000), (47, 1000), (50, 1000)], higher_is_better=True)
    assert judged == differences.Judgement(Finding.CHANCE, [Rank.NONE] * 3)


def test_who_cannot_be_told_from_the_best_is_among_the_best() -> None:
    judged = judge([(505, 10_000), (500, 10_000), (300, 10_000)], higher_is_better=True)
    assert judged.ranks == [Rank.AMONG_BEST, Rank.AMONG_BEST, Rank.WORST]


@pytest.mark.parametrize("counts", [[(2, 20), (0, 20)], [(5, 100)], [(0, 0), (5, 100)], [], [(0, 5000), (3, 5000)]])
def test_of_few_people_nothing_is_said(counts: list[tuple[int, int]]) -> None:
    judged = judge(counts, higher_is_better=True)
    assert judged.finding == Finding.TOO_FEW
    assert set(judged.ranks) <= {Rank.NONE}


def test_campaigns_that_do_not_differ_are_hardly_ever_told_apart() -> None:
    chance = random.Random(11)
    wrong = 0
    for _ in range(400):
        counts = [(sum(chance.random() < 0.06 for _ in range(400)), 400) for _ in range(3)]
        wrong += judge(counts, higher_is_better=True).finding == Finding.DIFFERENT
    assert wrong <= 12  # four are to be expected
