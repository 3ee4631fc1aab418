"""Events of mails as calendar files, at addresses that say it all: signed, so that nobody else's words are served."""

import re
import zlib
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core import signing
from icalendar import Calendar
from icalendar import Event as Entry

_SALT = "campaigns.calendar"
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_HOUR = timedelta(hours=1)


class Event(NamedTuple):
    """`day` as 2026-03-29; `begins` and `ends` as 2026-03-29T19:00 in `zone`, empty for the whole day."""

    title: str
    day: str
    begins: str
    ends: str
    zone: str
    place: str
    url: str


def address(public_address: str, event: Event) -> str:
    """The same for the same event; merge tags are left out, as everybody gets the same file."""
    plain = [_TAG.sub("", value).strip() for value in event]
    return f"{public_address}/e/{signing.Signer(salt=_SALT).sign_object(plain, compress=True).replace(':', '~')}.ics"


def read(token: str) -> Event:
    """Raises signing.BadSignature."""
    try:
        return Event(*signing.Signer(salt=_SALT).unsign_object(token.replace("~", ":")))
    except (TypeError, ValueError, zlib.error) as error:
        raise signing.BadSignature from error


def file(event: Event, now: datetime) -> bytes:
    """With the rules of its time zone, without which programs guess the hour."""
    entry = Entry()
    entry.add("uid", f"{zlib.crc32(repr(event).encode()):08x}@tallypost")
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("summary", event.title)
    begins, ends = _span(event)
    entry.add("dtstart", begins)
    entry.add("dtend", ends)
    for name, value in (("location", event.place), ("url", event.url)):
        if value:
            entry.add(name, value)
    calendar = Calendar()
    calendar.add("prodid", "-//Tallypost//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _span(event: Event) -> tuple[date, date]:
    if not event.begins:
        day = date.fromisoformat(event.day)
        return day, day + timedelta(days=1)
    zone = ZoneInfo(event.zone)
    begins = datetime.fromisoformat(event.begins).replace(tzinfo=zone)
    if not event.ends:
        return begins, begins + _HOUR
    ends = datetime.fromisoformat(event.ends).replace(tzinfo=zone)
    return begins, ends if ends > begins else ends + timedelta(days=1)
