"""How times, counts and rates are written."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

NOT_YET = "–"
_SHORT = 24  # characters that a cell or a heading of a phone has room for
_SIGN = re.compile(r"(?<=[@._+-])(?=[^@._+-])")
_JOINED = "\N{NO-BREAK SPACE}"  # no line ends between a number and its unit


def moment(at: datetime, now: datetime) -> str:
    """`at` as people say it; both times in the reader's zone."""
    clock = f"{at:%H:%M}"
    near = {now.date(): "today", now.date() - timedelta(1): "yesterday", now.date() + timedelta(1): "tomorrow"}
    if at.date() in near:
        return f"{near[at.date()]} {clock}"
    return f"{day(at.date(), now.date())}, {clock}"


def day(on: date, today: date) -> str:
    return f"{on.day} {on:%b}" if on.year == today.year else f"{on.day} {on:%b} {on.year}"


def breakable(address: str) -> SafeString:
    """An address as HTML, a name beside it or not. A long one goes on after its signs, not within a word."""
    pieces = _SIGN.split(address) if any(len(word) > _SHORT for word in address.split()) else [address]
    return format_html_join(mark_safe("<wbr>"), "{}", ((piece,) for piece in pieces))


def isolated(name: str) -> str:
    """A name for the midst of a sentence: written from right to left it leaves the words around it in their order."""
    is_foreign = any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in name)
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}" if is_foreign else name


def storable(text: str, most: int) -> str:
    """What PostgreSQL can hold of a stranger's words: no NUL, and no half of a surrogate pair, which JSON may bring."""
    text = text[:most].replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def one_line(text: str, most: int = 150) -> str:
    """For the subject of a mail to a colleague."""
    return " ".join(text.split())[:most]


def listed(names: Sequence[str], last: str = "and") -> str:
    """A, B and C."""
    return f" {last} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def count(number: int) -> str:
    return f"{number:,}"


def signed(number: int) -> str:
    """A change."""
    return f"+{count(number)}" if number > 0 else count(number).replace("-", "\N{MINUS SIGN}")


def count_people(number: int) -> str:
    return "1 person" if number == 1 else f"{count(number)} people"


def nobody_of(number: int) -> str:
    """Begins a sentence. Of one person alone nobody says it so."""
    return "Nobody" if number == 1 else f"Nobody of {count_people(number)}"


def span(length: timedelta) -> str:
    """As long as it takes, in the one or two units that matter."""
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < 60:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}{_JOINED}h" + (f" {minutes}{_JOINED}min" if minutes else "")
    days, hours = divmod(hours, 24)
    return f"{days} day{'' if days == 1 else 's'}" + (f" {hours}{_JOINED}h" if hours else "")


def money(amount: Decimal, currency: str) -> str:
    """`currency` is its code of three letters (ISO 4217)."""
    return f"{currency}\N{NO-BREAK SPACE}{amount:,.2f}"


def rate(share: float | None, step: str = "0.1") -> str:
    """A share of 1 in per cent with one decimal; a dash while there is nothing to divide by."""
    if share is None:
        return NOT_YET
    per_cent = Decimal(str(share)) * 100
    return f"{per_cent.quantize(Decimal(step), ROUND_HALF_EVEN)}{_JOINED}%"
