"""Until when a server goes on trying, as far as it says. Pure.

Some servers' last word is "delayed" (OpenSMTPD, nullmailer), so a delay counts as a failure when this time is over.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_LONGEST = timedelta(days=60)

_DELAYED = re.compile(
    r"\bdelayed\b|\bdelay reason|warning only|warning message only|not yet been delivered|(?:will|"
    r"to) be retried|still being retried|"
    r"will (?:keep|continue) (?:on )?trying|will (?:try|retry) again|temporary (?:failure report|problem)|"
    r"attempts will continue|"
    r"no action is required|verz(?:ö|oe)gert",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"given? up|giving up|permanent (?:error|fail)|failed permanently|not going to try|no longer be retried|"
    r"returned to sender",
    re.IGNORECASE,
)


def is_delay(subject: str, words: str) -> bool:
    if _OVER.search(subject) or "delivered" in subject.lower():
        return False
    return _DELAYED.search(subject) is not None or (
        _DELAYED.search(words) is not None and _OVER.search(_WHEN_OVER.sub(" ", words)) is None
    )


# "Eventually the mail delivery software will give up, and when that happens ..."
_WHEN_OVER = re.compile(
    r"\b(?:eventually|will|until|then|before)\b.{0,60}?(?:giv\w+ up|returned to sender)", re.IGNORECASE
)


def gives_up_at(words: str, *, began_at: datetime | None, written_at: datetime | None) -> datetime | None:
    """From a sentence about days and hours; `began_at` is when the server got the mail, `written_at` when it wrote."""
    if left := _LEFT.search(words):
        return _after(written_at, left)
    start = began_at or written_at
    if whole := _WHOLE.search(words):
        return _after(start, whole)
    return start if _LAST_WORD.search(words) else None


_SPAN = r"(?P<number>\d{1,4})(?:\.\d+)?(?: more| further)? ?(?P<unit>d|h|m|w)(?:ay|our|in(?:ute)?|eek|r)?s?\b"
_WAIT = r"[^.\d]{0,40}"
# What is left from now on, and how old the mail may become. "After more than 24 hours in the queue" is neither.
_LEFT = re.compile(
    rf"\b(?:retr(?:ied|y|ying)|try(?:ing)?|tried|attempt(?:s|ed)|continue)\b{_WAIT}\b(?:for|another|"
    rf"next)\b{_WAIT}{_SPAN}",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\b(?:until|up to|at most|maximum of|(?:giv(?:e|ing) up|expires?|returned|abandoned|undeliverable)"
    rf"\b{_WAIT}\b(?:after|in|within|for))\b(?! more){_WAIT}{_SPAN}",
    re.IGNORECASE,
)
# nullmailer's promise of a last notice, which never comes: it has given up with this one, its first.
_LAST_WORD = re.compile(r"impossible within the configured time limit", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def _after(start: datetime | None, found: re.Match[str]) -> datetime | None:
    span = timedelta(**{_UNITS[found["unit"].lower()]: int(found["number"])})
    return start + min(span, _LONGEST) if start is not None else None


def date(written: str) -> datetime | None:
    """RFC 5322's date; None where there is none."""
    try:
        at = parsedate_to_datetime(written[:100])
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        return None
