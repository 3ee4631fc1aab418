"""Those who get the mail of Harbour Books: made up, each with habits of their own, the same at every run. Pure.

All addresses end in `.example` (RFC 2606), where nobody can ever receive mail.
"""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tools.demo import clients
from tools.demo.clients import Client, Scanner

NEWS, BOOKS, EVENTS, CHILDREN, FAIR = (
    "Newsletter",
    "New books",
    "Evenings in the shop",
    "Children’s corner",
    "Book fair 2019",
)
LISTS = {
    NEWS: "Once a month: what we read, and what goes on by the harbour.",
    BOOKS: "Every other Tuesday: three new books that we have read ourselves.",
    EVENTS: "Readings, the poetry evening, the book club.",
    CHILDREN: "For whoever reads aloud at night.",
    FAIR: "Visitors of our stand who left their card. Typed in years later.",
}


class Mailbox(StrEnum):
    """What becomes of mail to an address."""

    GOOD = "good"
    GONE = "gone"  # refused at once: nobody there
    RETURNED = "returned"  # taken at first, and sent back
    FULL = "full"  # sent back for now, each time
    CAUTIOUS = "cautious"  # asks every stranger to come back in some minutes


@dataclass(frozen=True, slots=True)
class House:
    """A domain of addresses, and the mailbox provider behind it."""

    domain: str
    lane: str
    weight: int
    reads_with: tuple[tuple[int, Client], ...]
    scanner: Scanner | None = None


HOUSES = (
    House("gmail.example", "gmail", 36, clients.GMAIL),
    House("icloud.example", "apple", 14, clients.APPLE),
    House("outlook.example", "microsoft", 9, clients.MICROSOFT),
    House("hotmail.example", "microsoft", 7, clients.MICROSOFT),
    House("yahoo.example", "yahoo", 8, clients.YAHOO),
    House("harbourmail.example", "other", 9, clients.OTHERS),
    House("avon-post.example", "other", 6, clients.OTHERS),
    House("northquay-school.example", "gmail", 4, clients.GMAIL),
    House("merchant-law.example", "microsoft", 3, clients.OFFICE, clients.BARRACUDA),
    House("city-council.example", "other", 3, clients.OFFICE, clients.GATEWAY),
    House("brigstow-museum.example", "other", 1, clients.OTHERS),
)
_FIRST = (
    *("Amelia", "Oliver", "Isla", "George", "Ava", "Noah", "Grace", "Harry", "Ivy", "Leo", "Freya", "Arthur", "Mabel"),
    *("Muhammad", "Elsie", "Theo", "Rosie", "Oscar", "Florence", "Henry", "Willow", "Jack", "Evie", "Archie", "Hilary"),
    *("Aisha", "Priya", "Kwame", "Chidi", "Fatima", "Łukasz", "Zofia", "Siobhán", "Aoife", "Gwen", "Rhys", "Megan"),
    *("Margaret", "Patricia", "Susan", "Derek", "Malcolm", "Jean", "Keith", "Barbara", "Nigel", "Graham", "Phoebe"),
)
_LAST = (
    *("Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel", "Robinson", "Wright"),
    *("Thompson", "Evans", "Walker", "White", "Roberts", "Green", "Hall", "Wood", "Jackson", "Clarke", "Khan"),
    *("Harris", "Scott", "Turner", "Cooper", "Ward", "Morris", "Hughes", "Okafor", "Begum", "Nowak", "O’Brien"),
    *("Pengelly", "Trelawny", "Cabot", "Brunel", "Kingdom", "Redcliffe", "Clifton", "Mendip", "Severn", "Murphy"),
    *("Lewis", "Fishponds"),
)
_ABROAD = (
    ("fr", "Europe/Paris", ("Élodie", "Mathieu", "Anne-Sophie", "Benoît"), ("Dubois", "Lefèvre", "Moreau", "Garnier")),
    ("de", "Europe/Berlin", ("Zoë", "Jürgen", "Heike", "Maximilian"), ("Meier", "Hohenstein-Wallenberg", "Krüger")),
    ("es", "Europe/Madrid", ("Lucía", "Mateo", "Inés", "Álvaro"), ("García Márquez", "Núñez", "Romero")),
    ("en", "America/New_York", ("Madison", "Tyler", "Brooke", "Wesley"), ("Miller", "Anderson", "Sullivan")),
    ("ar", "Asia/Beirut", ("ليلى", "محمد"), ("العلي", "حداد")),
)
_SOURCES = (
    (5, "Form on our site", "page", "I would like news from Harbour Books by email."),
    (3, "Till in the shop", "hand", "Asked at the till, written down by the customer."),
    (2, "Evening in the shop", "hand", "Ticked “Tell me about further evenings” on the guest list."),
)
# Of opens and of clicks.
_COUNTING = (("unknown", "unknown"), ("given", "given"), ("refused", "given"), ("refused", "refused"))
_TAGS = (
    (18, "regular customer"), (9, "book club"), (12, "crime"), (8, "poetry"), (10, "gift card"), (5, "teacher"),
    (7, "orders online"), (3, "volunteer"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    email: str
    first_name: str
    last_name: str
    language: str
    time_zone: str
    lists: tuple[str, ...]
    tags: tuple[str, ...]
    source: str
    channel: str
    wording: str
    joined_at: datetime
    opens: str  # whether they may be counted
    clicks: str
    mailbox: Mailbox
    fails_from: datetime  # until then it is good
    house: House
    client: Client
    warmth: float  # share of mails that are read
    hour: float  # of the day at which they read


def everyone(count: int, begins: datetime, ends: datetime) -> Iterator[Person]:
    """About two thirds are there when the year `begins`; the others join within it, most before Christmas."""
    chance = random.Random(f"harbour books {count}")  # decides about nobody real
    taken: set[str] = set()
    fair = max(count // 8, min(300, count // 2))  # enough for a stop rule to speak
    for number in range(count):
        is_old = number < count * 0.62
        joined_at = _long_ago(chance, begins) if is_old else _in_the_year(chance, begins, ends)
        fails_from = begins + chance.random() * (ends - begins)
        yield _person(chance, joined_at, fails_from, taken, from_fair=number < fair)


def _person(
    chance: random.Random, joined_at: datetime, fails_from: datetime, taken: set[str], *, from_fair: bool
) -> Person:
    house = chance.choices(HOUSES, [house.weight for house in HOUSES])[0]
    language, zone, first_name, last_name = _name(chance)
    _, source, channel, wording = chance.choices(_SOURCES, [weight for weight, *_ in _SOURCES])[0]
    if from_fair:
        source, channel, wording = "Book fair 2019", "import", "Card left at our stand, typed in later"
    opens, clicks = chance.choices(_COUNTING, (70, 22, 4, 4))[0]
    warmth = min(0.95, chance.betavariate(1.3, 2.4)) * (0.4 if from_fair else 1.0)
    return Person(
        email=_address(chance, first_name, last_name, house.domain, taken),
        first_name=first_name if chance.random() < 0.93 else "",
        last_name=last_name if chance.random() < 0.85 else "",
        language=language,
        time_zone=zone,
        lists=(FAIR,) if from_fair else _lists(chance),
        tags=tuple(tag for weight, tag in _TAGS if chance.random() * 100 < weight),
        source=source,
        channel=channel,
        wording=wording,
        joined_at=joined_at,
        opens=opens,
        clicks=clicks,
        mailbox=_mailbox(chance, from_fair=from_fair),
        fails_from=joined_at if from_fair else fails_from,
        house=house,
        client=chance.choices([each for _, each in house.reads_with], [n for n, _ in house.reads_with])[0],
        warmth=warmth,
        hour=chance.choice((7.5, 8.2, 9.0, 12.5, 13.0, 17.8, 20.0, 20.7, 21.5)),
    )


def _long_ago(chance: random.Random, begins: datetime) -> datetime:
    return begins - timedelta(days=1 + chance.triangular(0, 1400, 200))


def _in_the_year(chance: random.Random, begins: datetime, ends: datetime) -> datetime:
    span = (ends - begins).total_seconds()
    while True:
        at = begins + timedelta(seconds=chance.random() * span)
        if chance.random() < {11: 1.0, 12: 0.9, 7: 0.35, 8: 0.35}.get(at.month, 0.55):
            return at


def _name(chance: random.Random) -> tuple[str, str, str, str]:
    if chance.random() < 0.06:
        language, zone, firsts, lasts = chance.choice(_ABROAD)
        return language, zone, chance.choice(firsts), chance.choice(lasts)
    known = chance.random() < 0.6
    return ("en", "Europe/London" if known else "", chance.choice(_FIRST), chance.choice(_LAST))


def _address(chance: random.Random, first: str, last: str, domain: str, taken: set[str]) -> str:
    one, two = _letters(first) or "reader", _letters(last) or "post"
    local = chance.choice((f"{one}.{two}", f"{one[0]}.{two}", f"{one}{two}", f"{two}.{one}", f"{one}_{two}"))
    while f"{local}@{domain}" in taken:
        local += str(chance.randrange(10))
    taken.add(f"{local}@{domain}")
    return f"{local}@{domain}"


def _letters(name: str) -> str:
    """Of a name, those that an address may have; none of an Arabic one."""
    plain = unicodedata.normalize("NFKD", name.replace("Ł", "L").replace("ł", "l"))
    return "".join(letter for letter in plain.lower() if letter.isascii() and letter.isalpha())


def _lists(chance: random.Random) -> tuple[str, ...]:
    shares = {NEWS: 0.72, BOOKS: 0.4, EVENTS: 0.24, CHILDREN: 0.16}
    return tuple(name for name, share in shares.items() if chance.random() < share) or (NEWS,)


def _mailbox(chance: random.Random, *, from_fair: bool) -> Mailbox:
    weights = (82, 13, 3, 1, 1) if from_fair else (9820, 45, 35, 40, 60)
    return chance.choices(tuple(Mailbox), weights)[0]
