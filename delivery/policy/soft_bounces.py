"""When an address that fails again and again is given up, though no server ever said that it does not exist. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from delivery.replies import Category, Stage, Verdict

_LONG_ENOUGH = timedelta(days=14)
_ENGAGED_WITHIN = timedelta(days=90)
_FAILURES, _FAILURES_OF_ENGAGED = 5, 10
_CONFIRMED_AFTER = timedelta(hours=24)
_ABOUT_A_PERSON = frozenset({Stage.RCPT, Stage.DATA, Stage.BODY})


class Failing(StrEnum):
    SOFT = "soft"
    DOMAIN = "domain"  # the domain takes no mail, which may be a passing mistake in its DNS


# After acceptance: a relay tries a full mailbox for days, and gives up on a domain that is not there at once.
BOUNCES_WITHIN = {Failing.SOFT: timedelta(days=5), Failing.DOMAIN: timedelta(hours=1)}


def failing(verdict: Verdict, stage: Stage) -> Failing | None:
    """What it says of the person if the message is given up. Our own and the provider's troubles say nothing."""
    if verdict.suppresses_when_confirmed:
        return Failing.DOMAIN
    waited = verdict.retries and verdict.category in (Category.UNKNOWN, Category.GREYLIST)
    return Failing.SOFT if verdict.counts_soft or (waited and stage in _ABOUT_A_PERSON) else None


def is_given_up(kind: Failing, failures: Mapping[str, datetime], *, engaged_at: datetime | None, now: datetime) -> bool:
    """`failures`: by campaign, when its message failed; all since the last mail that got through.

    A domain: twice, a day or more apart. Soft: 5 campaigns over 14 days, 10 if the person opened or clicked lately.
    """
    first, last = min(failures.values()), max(failures.values())
    if kind == Failing.DOMAIN:
        return last - first >= _CONFIRMED_AFTER
    is_engaged = engaged_at is not None and now - engaged_at < _ENGAGED_WITHIN
    return len(failures) >= (_FAILURES_OF_ENGAGED if is_engaged else _FAILURES) and last - first >= _LONG_ENOUGH
