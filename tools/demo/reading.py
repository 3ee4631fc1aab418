"""What people and machines do with one mail, as requests that reach us. Pure but for its dice."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tools.demo import clients
from tools.demo.people import Person
from tools.demo.year import ZONE, Planned
from tracking.models import EventKind
from tracking.public.spool import Act


class Leaving(StrEnum):
    PAGE = "page"
    ONE_CLICK = "one-click"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Mailed:
    message_id: int
    contact_id: int
    batch_id: int
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody who wants no more of it, and by which way they say so."""

    mailed: Mailed
    at: datetime
    by: Leaving
    user_agent: str
    ip: str


def acts(
    chance: random.Random, person: Person, mailed: Mailed, planned: Planned, links: Sequence[int]
) -> Iterator[Act]:
    """Machines first, then the person, if they read it at all."""
    ip = _address(person, mailed)
    yield from _machines(chance, person, mailed, links, ip)
    if chance.random() >= person.warmth * planned.appeal:
        return
    at = reads_at(chance, person, mailed.accepted_at)
    client = person.client
    for again in range(1 + (chance.random() < 0.3) + (chance.random() < 0.1)):
        if client.opens and chance.random() < client.shows:
            later = at + timedelta(hours=again * chance.uniform(2, 40))
            yield _act(later, EventKind.OPEN, mailed.message_id, 0, ip, client.opens)
    if links and chance.random() < 0.13 * planned.pull:
        yield from _clicks(chance, person, mailed, at, links, ip)


def leaving(chance: random.Random, person: Person, mailed: Mailed, planned: Planned) -> Left | None:
    """Who hardly ever reads is the one who leaves, or who presses the button that says spam."""
    coldness = 1.4 - person.warmth
    says_spam = 0.00028 if person.house.lane in ("yahoo", "microsoft") else 0.0
    draw = chance.random() / (coldness * planned.bother)
    ways = ((says_spam, Leaving.COMPLAINT), (0.0011, Leaving.ONE_CLICK), (0.0013, Leaving.PAGE))
    for share, by in ways:
        if draw < share:
            at = reads_at(chance, person, mailed.accepted_at) + timedelta(seconds=chance.uniform(5, 90))
            return Left(mailed, at, by, person.client.clicks, _address(person, mailed))
        draw -= share
    return None


def reads_at(chance: random.Random, person: Person, accepted_at: datetime) -> datetime:
    """Soon, or when they always read, or some day."""
    draw = chance.random()
    if draw < 0.35:
        return accepted_at + timedelta(minutes=chance.expovariate(1 / 35) + 0.7)
    days = 0 if draw < 0.8 else min(30.0, chance.expovariate(1 / 3.0)) // 1
    local = accepted_at.astimezone(ZoneInfo(person.time_zone) if person.time_zone else ZONE)
    at = local.replace(hour=int(person.hour), minute=0, second=0, microsecond=0)
    at += timedelta(days=days, minutes=chance.gauss(person.hour % 1 * 60, 35), seconds=chance.uniform(0, 60))
    return at if at > accepted_at + timedelta(minutes=1) else at + timedelta(days=1)


def _clicks(
    chance: random.Random, person: Person, mailed: Mailed, at: datetime, links: Sequence[int], ip: str
) -> Iterator[Act]:
    weights = [1 / (position + 1.5) for position in range(len(links))]
    for _ in range(1 + (chance.random() < 0.2) + (chance.random() < 0.05)):
        at += timedelta(seconds=chance.uniform(8, 240))
        (link,) = chance.choices(links, weights)
        yield _act(at, EventKind.CLICK, mailed.message_id, link, ip, person.client.clicks)


def _machines(chance: random.Random, person: Person, mailed: Mailed, links: Sequence[int], ip: str) -> Iterator[Act]:
    client, scanner = person.client, person.house.scanner
    if client.ahead and chance.random() < client.ahead_share:
        at = mailed.accepted_at + timedelta(seconds=chance.expovariate(1 / 5400) + 2)
        yield _act(at, EventKind.OPEN, mailed.message_id, 0, ip, client.ahead)
    if scanner:
        at = mailed.accepted_at + timedelta(seconds=chance.uniform(2, 25))
        yield _act(at, EventKind.OPEN, mailed.message_id, 0, ip, scanner.user_agent)
        for number, link in enumerate(links if scanner.follows_links else ()):
            later = at + timedelta(milliseconds=180 * number + chance.uniform(0, 90))
            yield _act(later, EventKind.CLICK, mailed.message_id, link, ip, scanner.user_agent)
    if links and chance.random() < 0.0015:
        at = mailed.accepted_at + timedelta(hours=chance.uniform(1, 30))
        yield _act(at, EventKind.CLICK, mailed.message_id, chance.choice(links), ip, clients.CHAT_PREVIEW)


def _address(person: Person, mailed: Mailed) -> str:
    """Of a private network, so nobody's: one for each home, and one for all of an office."""
    if person.house.scanner:
        return f"10.255.{len(person.house.domain)}.10"
    return f"10.{mailed.contact_id % 250}.{mailed.contact_id // 250 % 250}.20"


def _act(at: datetime, kind: EventKind, message_id: int, link_id: int, ip: str, user_agent: str) -> Act:
    return Act(at.timestamp(), int(kind), message_id, link_id, "", ip, user_agent)
