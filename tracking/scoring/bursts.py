"""Several requests together: what one mail's, or one company's, say that none of them says alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, Protocol, TypeVar

from tracking.scoring import verdicts

# A filter follows all links of a mail within a second (putyourlightson/craft-campaign, issue 546) or ten (Microsoft's:
# check.live-direct-marketing.online, "defender link click pattern"). A hand needs a second for each, and more to read.
_HAND_SECONDS = 0.6
_NEXT_SECONDS = 1.0
_FAST_LINKS = 3
_BOTH_LINKS_AGE = 300.0  # both links of a mail that has but two, in a moment: later in the day a hand may do that
_SLOW_SPAN, _SLOW_AGE = 10.0, 120.0

# What came along with a proof: by the same program, from the same rented network, or amid the burst itself.
_SAME_PROGRAM_SECONDS = 300.0
_SAME_PLACE_SECONDS = 10.0
_AMID_SECONDS = 1.5

# One office's people share an address and often a browser, but rarely the very second.
_CROWD_SECONDS, _CROWD_PEOPLE = 10.0, 4
_INSTANT_SECONDS, _INSTANT_PEOPLE = 1.0, 3

_PROOFS = frozenset(
    {verdicts.HIDDEN, verdicts.SECURITY, verdicts.CLOUD, verdicts.TOO_SOON, verdicts.BURST, verdicts.CROWD}
)


class Act(Protocol):
    """An open or click on one mail. `at` counts seconds; `link_id` is 0 for opens and the hidden link."""

    @property
    def seconds(self) -> float: ...
    @property
    def is_click(self) -> bool: ...
    @property
    def link_id(self) -> int: ...
    @property
    def verdict(self) -> str: ...
    @property
    def neighbourhood(self) -> str | None: ...
    @property
    def user_agent(self) -> str: ...
    @property
    def is_rented(self) -> bool: ...


A = TypeVar("A", bound=Act)


@dataclass(frozen=True, slots=True)
class Guilty(Generic[A]):
    act: A
    verdict: str


def of_mail(acts: Iterable[A], *, links_in_mail: int, accepted_at: float | None) -> list[Guilty[A]]:
    """Those of one mail's acts, so far taken for a person's, that turn out to be a program's."""
    ordered = sorted(acts, key=lambda act: act.seconds)
    burst = _burst([act for act in ordered if act.is_click and act.link_id], links_in_mail, accepted_at)
    found = {id(act): Guilty(act, verdicts.BURST) for act in burst if act.verdict == verdicts.HUMAN}
    proofs = [(act, found[id(act)].verdict if id(act) in found else act.verdict) for act in ordered]
    proofs = [(act, verdict) for act, verdict in proofs if verdict in _PROOFS]
    for act in ordered:
        if proofs and act.verdict == verdicts.HUMAN and id(act) not in found:
            verdict = next((verdict for proof, verdict in proofs if _came_along(act, proof, verdict)), None)
            if verdict:
                found[id(act)] = Guilty(act, verdict)
    return list(found.values())


def crowd(acts: Sequence[tuple[float, int]]) -> bool:
    """Whether (seconds, mail) of one company's people, by one program at one place, are too close for people."""
    ordered = sorted(acts)
    return any(
        len({mail for seconds, mail in ordered[first:] if seconds - ordered[first][0] <= span}) >= people
        for span, people in ((_CROWD_SECONDS, _CROWD_PEOPLE), (_INSTANT_SECONDS, _INSTANT_PEOPLE))
        for first in range(len(ordered))
    )


def _burst(clicks: Sequence[A], links_in_mail: int, accepted_at: float | None) -> list[A]:
    """The clicks on counted links that no hand makes, in whatever burst of them there is."""
    found: dict[int, A] = {}
    for run in _runs(clicks):
        links = len({click.link_id for click in run})
        span = run[-1].seconds - run[0].seconds
        is_early = accepted_at is not None and run[-1].seconds - accepted_at <= _BOTH_LINKS_AGE
        is_all = is_early and links == links_in_mail == 2
        if (links >= _FAST_LINKS and span <= _HAND_SECONDS * (links - 1)) or (is_all and span <= _NEXT_SECONDS):
            found |= {id(click): click for click in run}
    if accepted_at is not None and links_in_mail >= _FAST_LINKS:
        for first in clicks:
            together = [click for click in clicks if 0 <= click.seconds - first.seconds <= _SLOW_SPAN]
            is_early = together[-1].seconds - accepted_at <= _SLOW_AGE
            if is_early and len({click.link_id for click in together}) >= links_in_mail:
                found |= {id(click): click for click in together}
    return list(found.values())


def _runs(clicks: Sequence[A]) -> list[list[A]]:
    """Clicks that follow one another faster than a hand goes."""
    runs = [list(clicks[:1])] if clicks else []
    for before, click in pairwise(clicks):
        if click.seconds - before.seconds <= _NEXT_SECONDS:
            runs[-1].append(click)
        else:
            runs.append([click])
    return runs


def _came_along(act: Act, proof: Act, verdict: str) -> bool:
    apart = abs(act.seconds - proof.seconds)
    if apart > _SAME_PROGRAM_SECONDS:
        return False
    if act.is_rented and proof.is_rented:
        return True
    if verdict == verdicts.BURST and apart <= _AMID_SECONDS:
        return True
    is_same_place = act.neighbourhood is not None and act.neighbourhood == proof.neighbourhood
    return is_same_place and (act.user_agent == proof.user_agent or apart <= _SAME_PLACE_SECONDS)
