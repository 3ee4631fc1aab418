"""Several requests together: what one mail's, or one company's, say that none of them says alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from tracking.scoring import verdicts
from tracking.scoring.agents import Agent, recognise

# A filter follows all links of a mail within a second (putyourlightson/craft-campaign, issue 546) or ten (Microsoft's:
# check.live-direct-marketing.online, "defender link click pattern"). A hand needs the better part of a second for each,
# and over many links it keeps no such pace.
_HAND_SECONDS, _HAND_SECONDS_OF_MANY = 0.6, 0.8
_FAST_LINKS, _MANY_LINKS = 3, 5
_NEXT_SECONDS = 1.5  # what comes later is another burst
_RENTED_SECONDS = 3.0  # a link, from rented computers: few people are there, so that less proves it
_BOTH_SECONDS, _BOTH_AGE = 1.0, 300.0  # both links of a mail that has but two: later in the day a hand may do that
_SLOW_SPAN, _SLOW_AGE = 10.0, 120.0

# The same source: a filter has loaded the picture a minute before it follows the links. One or two of a hundred people
# open as soon as that.
_EARLY_AGE = 60.0

# What came along with a proof: by the same program, from the same rented network, or amid the burst itself.
_SAME_PROGRAM_SECONDS = 300.0
_SAME_PLACE_SECONDS = 10.0
_AMID_SECONDS = 1.5

# One office's people share an address and often a browser, but rarely the very second.
_CROWD_SECONDS, _CROWD_PEOPLE = 10.0, 4
_INSTANT_SECONDS, _INSTANT_PEOPLE = 1.0, 3

_LOOKED_AT = 200  # of one mail: whoever asks without end proves nothing more

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
_seconds = attrgetter("seconds")


@dataclass(frozen=True, slots=True)
class Guilty(Generic[A]):
    act: A
    verdict: str


def of_mail(acts: Iterable[A], *, links_in_mail: int, accepted_at: float | None) -> list[Guilty[A]]:
    """Those of one mail's acts, so far taken for a person's, that turn out to be a program's."""
    acts = list(acts)
    if not _may_prove(acts):
        return []
    ordered = sorted(acts, key=_seconds)
    burst = _burst([act for act in ordered if act.is_click and act.link_id], links_in_mail, accepted_at)
    found = {id(act): Guilty(act, verdicts.BURST) for act in burst if act.verdict == verdicts.HUMAN}
    proofs = [(act, found[id(act)].verdict if id(act) in found else act.verdict) for act in ordered]
    proofs = [(act, verdict) for act, verdict in proofs if verdict in _PROOFS][:_LOOKED_AT]
    for act in ordered if proofs else ():
        if act.verdict == verdicts.HUMAN and id(act) not in found:
            because = (verdict for proof, verdict in proofs if _came_along(act, proof, verdict, accepted_at))
            if verdict := next(because, None):
                found[id(act)] = Guilty(act, verdict)
    return list(found.values())


def matters(act: Act, *, is_fresh: bool) -> bool:
    """Whether other acts of the same mail may say something of it, or it of them: most pictures are a mail service's
    proxy's, or Apple's, or loaded long after any filter has looked."""
    if act.is_click or act.verdict in _PROOFS:
        return True
    return is_fresh and act.verdict == verdicts.HUMAN and recognise(act.user_agent) == Agent.BROWSER


def _may_prove(acts: Sequence[Act]) -> bool:
    """Whether any of them is a proof, or clicks are as close as those of any burst: of most mails none is."""
    clicks = []
    for act in acts:
        if act.verdict in _PROOFS:
            return True
        if act.is_click and act.link_id:
            clicks.append(act.seconds)
    clicks.sort()
    return any(after - before <= _SLOW_SPAN for before, after in pairwise(clicks))


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
    if len(clicks) < 2:  # most mails
        return []
    found: dict[int, A] = {}
    for run in _runs(clicks, _NEXT_SECONDS):
        links = len({click.link_id for click in run})
        pace = _HAND_SECONDS if links < _MANY_LINKS else _HAND_SECONDS_OF_MANY
        is_early = accepted_at is not None and run[-1].seconds - accepted_at <= _BOTH_AGE
        is_all = is_early and links == links_in_mail == 2
        if (links >= _FAST_LINKS and _span(run) <= pace * (links - 1)) or (is_all and _span(run) <= _BOTH_SECONDS):
            found |= {id(click): click for click in run}
    for run in _runs([click for click in clicks if click.is_rented], _RENTED_SECONDS):
        if len({click.link_id for click in run}) >= _FAST_LINKS:
            found |= {id(click): click for click in run}
    if accepted_at is not None and links_in_mail >= _FAST_LINKS:
        early = [click for click in clicks if click.seconds - accepted_at <= _SLOW_AGE][:_LOOKED_AT]
        for first in early:
            together = [click for click in early if 0 <= click.seconds - first.seconds <= _SLOW_SPAN]
            if len({click.link_id for click in together}) >= links_in_mail:
                found |= {id(click): click for click in together}
    return list(found.values())


def _runs(clicks: Sequence[A], seconds: float) -> list[list[A]]:
    """Clicks that follow one another within so many seconds."""
    runs = [list(clicks[:1])] if clicks else []
    for before, click in pairwise(clicks):
        if click.seconds - before.seconds <= seconds:
            runs[-1].append(click)
        else:
            runs.append([click])
    return runs


def _span(run: Sequence[Act]) -> float:
    return run[-1].seconds - run[0].seconds


def _came_along(act: Act, proof: Act, verdict: str, accepted_at: float | None) -> bool:
    apart = abs(act.seconds - proof.seconds)
    if apart > _SAME_PROGRAM_SECONDS:
        return False
    if proof.is_click and not act.is_click and act.seconds <= proof.seconds and _is_early(act, accepted_at):
        return True
    if act.is_rented and proof.is_rented:
        return True
    if verdict == verdicts.BURST and apart <= _AMID_SECONDS:
        return True
    is_same_place = act.neighbourhood is not None and act.neighbourhood == proof.neighbourhood
    return is_same_place and (act.user_agent == proof.user_agent or apart <= _SAME_PLACE_SECONDS)


def _is_early(act: Act, accepted_at: float | None) -> bool:
    """A picture loaded before most people can, by no mail service's proxy."""
    is_soon = accepted_at is not None and act.seconds - accepted_at <= _EARLY_AGE
    return is_soon and recognise(act.user_agent) == Agent.BROWSER
