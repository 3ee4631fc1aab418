"""Whether campaigns differ, or chance alone would make them look so. Pure.

A chi-squared test says whether all shares may be one and the same; who is best or worst is then told from the others
by two of them at a time. A difference counts when chance brings a larger one less than once in a hundred times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import erfc, exp, pi, sqrt

_CHANCE = 0.01
_FEWEST_EXPECTED = 5  # below it the test says nothing (Cochran's rule)
_MOST = 5


class Rank(StrEnum):
    NONE = ""
    BEST = "best"
    AMONG_BEST = "among the best"
    WORST = "worst"
    AMONG_WORST = "among the worst"


class Finding(StrEnum):
    DIFFERENT = "different"
    CHANCE = "chance"
    TOO_FEW = "too few"
    TOO_EARLY = "too early"  # whoever knows the times says so


@dataclass(frozen=True, slots=True)
class Judgement:
    finding: Finding
    ranks: list[Rank]


def judge(counts: Sequence[tuple[int, int]], *, higher_is_better: bool) -> Judgement:
    """`counts` are (people who did it, people who could), two to five of them; ranks are in the same order."""
    nobody = [Rank.NONE] * len(counts)
    usable = [(part, whole) for part, whole in counts if whole]
    if len(usable) < 2 or not _enough(usable):
        return Judgement(Finding.TOO_FEW, nobody)
    if _p_of_all(usable) > _CHANCE:
        return Judgement(Finding.CHANCE, nobody)
    shares = [part / whole if whole else None for part, whole in counts]
    known = [share for share in shares if share is not None]
    highest, lowest = counts[shares.index(max(known))], counts[shares.index(min(known))]
    high = [bool(whole) and _p_of_two((part, whole), highest) > _CHANCE for part, whole in counts]
    low = [bool(whole) and _p_of_two((part, whole), lowest) > _CHANCE for part, whole in counts]
    best, worst = (high, low) if higher_is_better else (low, high)
    return Judgement(Finding.DIFFERENT, [_rank(b, w, best, worst) for b, w in zip(best, worst, strict=True)])


def _rank(is_best: bool, is_worst: bool, best: list[bool], worst: list[bool]) -> Rank:
    if is_best == is_worst:
        return Rank.NONE
    if is_best:
        return Rank.BEST if sum(best) == 1 else Rank.AMONG_BEST
    return Rank.WORST if sum(worst) == 1 else Rank.AMONG_WORST


def _enough(counts: Sequence[tuple[int, int]]) -> bool:
    parts, wholes = sum(part for part, _ in counts), sum(whole for _, whole in counts)
    share = parts / wholes
    return all(min(share, 1 - share) * whole >= _FEWEST_EXPECTED for _, whole in counts)


def _p_of_two(one: tuple[int, int], other: tuple[int, int]) -> float:
    return 1.0 if one == other else _p_of_all([one, other])


def _p_of_all(counts: Sequence[tuple[int, int]]) -> float:
    """How often chance alone brings at least such differences."""
    parts, wholes = sum(part for part, _ in counts), sum(whole for _, whole in counts)
    share = parts / wholes
    if share in (0.0, 1.0):
        return 1.0
    squares = sum((part - share * whole) ** 2 / (share * (1 - share) * whole) for part, whole in counts)
    return _survival(squares, len(counts) - 1)


def _survival(x: float, freedom: int) -> float:
    """Of the chi-squared distribution with one to four degrees of freedom, where it has a closed form."""
    if freedom == 1:
        return erfc(sqrt(x / 2))
    if freedom == 2:
        return exp(-x / 2)
    if freedom == 3:
        return erfc(sqrt(x / 2)) + sqrt(2 * x / pi) * exp(-x / 2)
    if freedom == _MOST - 1:
        return exp(-x / 2) * (1 + x / 2)
    raise ValueError(f"At most {_MOST} are compared.")
