"""One request, judged by itself: what it calls itself, where it comes from, how long after delivery."""

from typing import NamedTuple

from tracking.scoring import verdicts
from tracking.scoring.agents import Agent, recognise
from tracking.scoring.networks import Network

# Notes of the web process, which alone sees a request's method, headers and address.
NOTED = {
    "head": verdicts.HEAD,
    "prefetch": verdicts.PREFETCH,
    "hidden": verdicts.HIDDEN,
}

_SAID = {
    Agent.PREFETCH: verdicts.PREFETCH,
    Agent.SCANNER: verdicts.SCANNER,
    Agent.PREVIEW: verdicts.PREVIEW,
    Agent.CRAWLER: verdicts.CRAWLER,
}

# Seconds after acceptance. Nobody sees a mail, opens it and follows a link within the first.
_SOONEST_OPEN, _SOONEST_CLICK = 2.0, 5.0
# 95 of 100 mail filters have looked within five minutes (putyourlightson/craft-campaign, issue 546); people behind a
# company's gateway in the same rented networks come all day long.
_FILTERS_LOOK = 300.0
# Outlook on the web loads pictures for its readers from the networks in which Microsoft's filter runs as well
# (warmbly/warmbly, pull request 412); 84 of 100 filters' openings come within 20 seconds.
_OFFICE_FILTERS_OPEN = 45.0


class Request(NamedTuple):
    """Made for each act, so that it has to cost next to nothing."""

    is_open: bool
    note: str
    user_agent: str
    network: Network
    age: float | None  # seconds since the receiving server took the mail; None: nobody knows
    is_rehearsal: bool


def judge(request: Request) -> str:
    """Why it is a program's, or verdicts.HUMAN.

    Nobody but the people who try it out has a rehearsal's mail: their scripts and headless browsers stand for readers,
    wherever they run and however soon they come.
    """
    noted = NOTED.get(request.note)
    if noted is not None:
        return noted
    agent = recognise(request.user_agent)
    if agent == Agent.APPLE:
        return verdicts.APPLE_PROXY if request.is_open else verdicts.SCANNER
    if agent == Agent.PROXY:
        return verdicts.HUMAN
    if agent in _SAID:
        return _SAID[agent]
    if request.is_rehearsal:
        return verdicts.HUMAN
    return verdicts.SCRIPT if agent == Agent.SCRIPT else _by_place_and_time(request)


def _by_place_and_time(request: Request) -> str:
    if request.network == Network.SECURITY:
        return verdicts.SECURITY
    if request.age is None:
        return verdicts.HUMAN
    if request.age < (_SOONEST_OPEN if request.is_open else _SOONEST_CLICK):
        return verdicts.TOO_SOON
    if request.network == Network.CLOUD and request.age < _FILTERS_LOOK:
        return verdicts.CLOUD
    if request.network == Network.OFFICE and request.age < (_OFFICE_FILTERS_OPEN if request.is_open else _FILTERS_LOOK):
        return verdicts.CLOUD
    return verdicts.HUMAN
