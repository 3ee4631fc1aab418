"""What was sent in the year before now: a newsletter a month, books every other Tuesday, evenings, Christmas. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tools.demo import words
from tools.demo.people import BOOKS, CHILDREN, EVENTS, FAIR, NEWS
from tools.demo.words import Book

ZONE = ZoneInfo("Europe/London")


class Course(StrEnum):
    """How the sending of it goes."""

    THROUGH = "through"
    STOPS = "stops"  # so many addresses do not exist that it pauses itself
    CANCELLED = "cancelled"  # half way, by somebody
    PAUSED = "paused"  # by somebody, and still is
    BREAKS_OFF = "breaks off"  # once, so that some may have arrived
    PLANNED = "planned"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Planned:
    """`appeal` multiplies how many read it, `pull` how many of those click, `bother` how many leave or complain."""

    at: datetime
    name: str
    subject: str
    preheader: str
    heading: str
    opening: str
    books: Sequence[Book]
    lists: tuple[str, ...]
    art: str
    course: Course = Course.THROUGH
    appeal: float = 1.0
    pull: float = 1.0
    bother: float = 1.0
    note: str = ""
    excluded_lists: tuple[str, ...] = ()


_MONTHS = (
    ("A slow start, with tea", "January", "hills"),
    ("Rain on the skylight", "February", "waves"),
    ("The door stands open again", "March", "door"),
    ("Windows, boxes, blossoms", "April", "leaves"),
    ("Long evenings, short stories", "May", "arches"),
    ("Books that float", "June", "waves"),
    ("What we packed", "July", "tags"),
    ("Too hot to shelve", "August", "hills"),
    ("Back to the pile", "September", "leaves"),
    ("The clocks and other thieves", "October", "arches"),
    ("Lists, and lists of lists", "November", "boxes"),
    ("A window full of lights", "December", "door"),
)
_EVENINGS = (
    ("Poetry by the window", "Five poets, one microphone, soup afterwards."),
    ("Imogen Farr reads from The Salt Road", "She walked the route again for us, and brought the photographs."),
    ("Book club: Low Water", "Bring your suspicions. The author joins us for the last half hour."),
    ("An evening with maps", "Owen Pryce shows forty walks in forty minutes."),
    ("Translators’ night", "Three languages, one poem, no agreement."),
    ("Quiz on the quay", "Teams of four; the winners choose next month’s window."),
)
_CHRISTMAS = (
    (11, 14, "The Christmas catalogue is here", "Sixty books, wrapped if you like", NEWS, 1.25, 1.5, 1.0),
    (11, 29, "Ten pounds off, until Sunday", "One weekend, every book by the harbour", NEWS, 1.05, 1.7, 1.6),
    (12, 5, "For children who have read everything", "We asked those who come on Saturdays", CHILDREN, 1.3, 1.4, 0.8),
    (12, 13, "Last orders for the post", "Ordered by Wednesday, under the tree in time", NEWS, 1.2, 1.6, 1.1),
    (12, 20, "A gift card takes two minutes", "For everybody you forgot", NEWS, 1.0, 1.4, 1.5),
    (12, 29, "Between the years", "The January sale, a little early", NEWS, 0.9, 1.2, 1.2),
)


def campaigns(now: datetime, *, weeks: int = 52) -> list[Planned]:
    """In the order of their times, the last of them after `now`."""
    today = now.astimezone(ZONE).date()
    begins = today - timedelta(weeks=weeks)
    days = [begins + timedelta(days=number) for number in range((today - begins).days)]
    found = [planned for day in days for planned in _of_day(day, today)]
    found += _about_now(today)
    return sorted((each for each in found if each.course == Course.PLANNED or each.at < now), key=lambda each: each.at)


def _of_day(day: date, today: date) -> Iterator[Planned]:
    ago = (today - day).days
    if day.weekday() == 3 and day.day <= 7:
        yield _newsletter(day)
    if day.weekday() == 1 and ago // 7 % 2 == 0:
        yield _new_books(day, Course.CANCELLED if 70 <= ago < 84 else Course.THROUGH)
    if day.weekday() == 4 and 8 <= day.day <= 14 and day.month not in (7, 8, 12):
        yield _evening(day)
    if day.weekday() == 5 and 15 <= day.day <= 21 and day.month % 2 == 0:
        yield _reading_aloud(day)
    for month, number, subject, preheader, to, appeal, pull, bother in _CHRISTMAS:
        if (day.month, day.day) == (month, number):
            yield _seasonal(day, subject, preheader, to, appeal, pull, bother)
    if ago == 3:
        yield _bad(day)


def _newsletter(day: date) -> Planned:
    heading, month, art = _MONTHS[day.month - 1]
    dip = {7: 0.8, 8: 0.72}.get(day.month, 1.0)
    return Planned(
        at=_at(day, 9, 30),
        name=f"Harbour news, {month}",
        subject=heading,
        preheader=f"Harbour news for {month}",
        heading=heading,
        opening="Here is what we read this month, what we argued about, and what is on by the harbour.",
        books=_books(day, 3),
        lists=(NEWS,),
        art=art,
        course=Course.BREAKS_OFF if day.month % 6 == 0 else Course.THROUGH,
        appeal=dip,
        note="Open late every Thursday, until nine.",
    )


def _new_books(day: date, course: Course) -> Planned:
    books = _books(day, 3)
    return Planned(
        at=_at(day, 10),
        name=f"New books, {day.day} {day:%B}",
        subject=f"New: {books[0].title}",
        preheader=f"And {books[1].title}, and one that we fought over",
        heading=books[0].title,
        opening=f"{books[0].author}. {books[0].words}",
        books=books,
        lists=(BOOKS,),
        art=("leaves", "arches", "tags", "hills")[day.toordinal() // 14 % 4],
        course=course,
        appeal={7: 0.85, 8: 0.75}.get(day.month, 1.1) * (0.9 + day.toordinal() % 5 / 20),
        pull=0.85 + day.toordinal() // 14 % 6 / 10,
        bother=0.8,
    )


def _evening(day: date) -> Planned:
    subject, opening = _EVENINGS[day.month % len(_EVENINGS)]
    return Planned(
        at=_at(day, 16),
        name=f"Evening: {subject}",
        subject=subject,
        preheader=opening,
        heading=subject,
        opening=opening,
        books=_books(day, 1),
        lists=(EVENTS,),
        art="door",
        appeal=1.2,
        pull=1.3,
        note="Doors at half past seven, seats for sixty.",
    )


def _reading_aloud(day: date) -> Planned:
    return Planned(
        at=_at(day, 8),
        name=f"Children’s corner, {day:%B}",
        subject="To be read again tonight",
        preheader="Three that survive the tenth time",
        heading="To be read again tonight",
        opening="We tried them on the carpet on Saturday. These are what was asked for twice.",
        books=[words.BOOKS[number] for number in (16, 17, 18)],
        lists=(CHILDREN,),
        art="boxes",
        appeal=1.15,
        pull=1.1,
        bother=0.6,
    )


def _seasonal(day: date, subject: str, preheader: str, to: str, appeal: float, pull: float, bother: float) -> Planned:
    return Planned(
        at=_at(day, 9),
        name=f"Christmas: {subject[0].lower()}{subject[1:]}",
        subject=subject,
        preheader=preheader,
        heading=subject,
        opening=f"{preheader}. Everything can be fetched in the shop the same day.",
        books=[words.BOOKS[19], *_books(day, 2)],
        lists=(to, CHILDREN) if to == NEWS else (to,),
        art="boxes",
        appeal=appeal,
        pull=pull,
        bother=bother,
    )


def _bad(day: date) -> Planned:
    return Planned(
        at=_at(day, 11),
        name="Hello again from the book fair",
        subject="We met at the book fair",
        preheader="You left us your card, a while ago",
        heading="We met at the book fair",
        opening="You left your card at our stand. We have moved the shop since, and would like to show you.",
        books=_books(day, 3),
        lists=(FAIR,),
        excluded_lists=(NEWS,),
        art="arches",
        course=Course.STOPS,
        appeal=0.7,
        pull=0.5,
        bother=6.0,
    )


def _about_now(today: date) -> list[Planned]:
    books = _books(today, 3)
    last_week, yesterday = today - timedelta(days=6), today - timedelta(days=1)
    soon = today + timedelta(days=3)
    return [
        Planned(
            at=_at(last_week, 9, 30),
            name="The shop is ten years old",
            subject="Ten years by the harbour",
            preheader="Cake on Saturday, and a list of everything we got wrong",
            heading="Ten years by the harbour",
            opening="Ten years, four floods, one parrot. Come and have cake with us on Saturday.",
            books=books,
            lists=(NEWS, BOOKS, EVENTS),
            art="waves",
            appeal=1.25,
            pull=1.2,
            note="Saturday from eleven, until the cake is gone.",
        ),
        Planned(
            at=_at(yesterday, 15),
            name="Signed copies",
            subject="Signed copies, while they last",
            preheader="Imogen Farr came in with a pen",
            heading="Signed copies, while they last",
            opening="Imogen Farr came in from the rain and signed everything we had of The Salt Road.",
            books=[words.BOOKS[0], *books[1:]],
            lists=(BOOKS,),
            art="tags",
            course=Course.PAUSED,
        ),
        Planned(
            at=_at(soon, 9, 30),
            name="Choose our next window",
            subject="Choose our next window",
            preheader="Two designs, your vote",
            heading="Choose our next window",
            opening="We cannot agree. Two designs, one window, and your vote decides.",
            books=_books(soon, 3),
            lists=(NEWS,),
            art="arches",
            course=Course.PLANNED,
        ),
        Planned(
            at=_at(soon + timedelta(days=9), 16),
            name="Evening: letters to the harbour master",
            subject="Letters to the harbour master",
            preheader="Read aloud for the first time in ninety years",
            heading="Letters to the harbour master",
            opening="Somebody found them in a ceiling. We read the best of them aloud.",
            books=_books(soon, 1),
            lists=(EVENTS,),
            art="door",
            course=Course.PLANNED,
        ),
    ]


def draft(now: datetime) -> Planned:
    """Still being written."""
    return Planned(
        at=now - timedelta(hours=3),
        name="What shall we read next?",
        subject="What shall we read next?",
        preheader="The book club votes",
        heading="What shall we read next?",
        opening="Four books, one evening. Tell us which by Friday.",
        books=_books(now.date(), 3),
        lists=(EVENTS,),
        art="leaves",
        course=Course.DRAFT,
    )


def _books(day: date, count: int) -> list[Book]:
    start = day.toordinal() // 7 * 3
    return [words.BOOKS[(start + number) % 16] for number in range(count)]


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)
