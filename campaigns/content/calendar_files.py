"""Events of mails as calendar files, at addresses that say it all: signed, so that nobody else's words are served."""

import zlib
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from django.core import signing

from campaigns.merge.tag_spans import without_tags

if TYPE_CHECKING:
    import icalendar

_SALT = "campaigns.calendar"
_SECOND, _HOUR, _DAY, _YEAR = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=366)


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
    words = list(plain(event))
    return f"{public_address}/e/{signing.Signer(salt=_SALT).sign_object(words, compress=True).replace(':', '~')}.ics"


def plain(event: Event) -> Event:
    """Without merge tags: a calendar file is the same for everybody."""
    return Event(*(without_tags(value).strip() for value in event))


def read(token: str) -> Event:
    """Raises signing.BadSignature."""
    try:
        return Event(*signing.Signer(salt=_SALT).unsign_object(token.replace("~", ":")))
    except (TypeError, ValueError, zlib.error) as error:
        raise signing.BadSignature from error


def file(event: Event, now: datetime) -> bytes:
    """With the rules of its time zone, without which programs guess the hour."""
    import icalendar  # in no process before somebody asks for a file

    entry = icalendar.Event()
    entry.add("uid", f"{zlib.crc32(repr(event).encode()):08x}@tallypost")
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("summary", event.title)
    begins, ends = _span(event)
    entry.add("dtstart", begins)
    entry.add("dtend", ends)
    for name, value in (("location", event.place), ("url", event.url)):
        if value:
            entry.add(name, value)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Tallypost//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if isinstance(begins, datetime) and isinstance(ends, datetime):
        calendar.add_component(_zone(ZoneInfo(event.zone), begins, ends))
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _zone(zone: ZoneInfo, begins: datetime, ends: datetime) -> "icalendar.Timezone":
    """The rules of the zone as far as the event needs them: what has been in force since before it, and its end.

    icalendar's own tables (7.3) list each change since 1970 at the hour that the clocks are set to instead of that they
    are set from (RFC 5545, 3.6.5), and other parsers read no daylight time in them.
    """
    import icalendar

    found = icalendar.Timezone()
    found.add("tzid", zone.key)
    first, last = begins.astimezone(UTC) - _YEAR, ends.astimezone(UTC) + _YEAR
    days = [first + timedelta(days=number) for number in range((last - first).days)]
    changes = [_change(zone, day) for day in days if _offset(zone, day) != _offset(zone, day + _DAY)]
    before = [at for at in changes if at <= begins][-1:] or [first]
    for at in (*before, *(at for at in changes if at > begins)):
        to, was = at.astimezone(zone), _offset(zone, at - _SECOND)
        rule = icalendar.TimezoneDaylight() if to.dst() else icalendar.TimezoneStandard()
        rule.add("dtstart", (at + was).replace(tzinfo=None))
        rule.add("tzoffsetfrom", was)
        rule.add("tzoffsetto", _offset(zone, at))
        rule.add("tzname", to.tzname())
        found.add_component(rule)
    return found


def _change(zone: ZoneInfo, day: datetime) -> datetime:
    """The minute within the next day from which on another offset holds."""
    minutes = range(1, 24 * 60 + 1)
    old = _offset(zone, day)
    number = bisect_left(minutes, True, key=lambda minute: _offset(zone, day + timedelta(minutes=minute)) != old)
    return (day + timedelta(minutes=minutes[number])).replace(second=0, microsecond=0)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


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
