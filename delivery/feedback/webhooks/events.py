"""From a provider's event to what settling understands: one vocabulary, and hardness by the receiving server's words.

django-anymail knows each provider's words and puts them into a common vocabulary. Whether a failure is for good it
does not tell (a full mailbox is "bounced" from seven providers and "deferred" from four), so that is read from the raw
event: the receiving server's words first, then what the provider makes of them.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from accounts.wording import storable
from delivery.bounces.judging import judge
from delivery.feedback import recognising
from delivery.feedback.forms import Heard
from delivery.replies import Category
from delivery.replies.categories import HARD

MARK = "tallypost"  # the name under which a provider gives our number back; see delivery.transports.smtp.marks
SUPPRESSED = "suppressed"
UNSUBSCRIBE = "unsubscribe"
log = logging.getLogger(__name__)


class Normal(Protocol):
    """What of anymail.signals.AnymailTrackingEvent is used here."""

    event_type: str
    timestamp: datetime | None
    recipient: str | None


@dataclass(frozen=True, slots=True)
class About:
    """Whose event it is: everything in it that may name a mail of ours, and when and to whom it happened."""

    names: tuple[object, ...]  # Message-IDs, or what we had the provider give back
    addresses: tuple[object, ...] = ()  # envelope senders
    recipient: object = ""
    at: datetime | None = None

    @property
    def message_ids(self) -> frozenset[int]:
        names = (each.strip().strip('"') for each in self.names if isinstance(each, str))
        return recognising.by_message_ids(names) | recognising.by_addresses(
            each for each in self.addresses if isinstance(each, str)
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """`diagnostic`: the receiving server's words; `summary`: the provider's own, where it has none of the server's.

    `says`: what the provider takes it for, if it says that clearly; `is_soft`: it calls it passing. `is_dropped`: the
    provider never sent it, because it is on a list of its own.
    """

    diagnostic: object = ""
    summary: object = ""
    status: object = ""
    says: Category | None = None
    is_soft: bool = False
    is_dropped: bool = False
    reporting_mta: object = ""


# What anymail makes of events that say less than our own books: that the provider has the mail.
_SAYS_NOTHING = frozenset({"queued", "sent"})
_FAILURES = frozenset({"bounced", "rejected", "failed"})
_OPENED = {"opened": "opened", "clicked": "clicked"}


def heard(
    event_type: str, about: About, word: object, failure: Failure | None = None, detail: str = ""
) -> Heard | None:
    """`event_type` in anymail's vocabulary; `word`: the provider's own, for what that does not have. None: no news."""
    failure = failure or Failure()
    if event_type in _SAYS_NOTHING:
        return None
    if event_type in _FAILURES or failure.is_dropped:
        return _bounce(about, failure)
    if event_type == "delivered":
        return _heard(about, "delivered", failure)
    if event_type == "deferred":
        return _heard(about, "delay", failure, category=_read(failure))
    if event_type == "complained":
        return _heard(about, "complaint", failure, detail=detail or "abuse")
    if event_type == "unsubscribed":
        return _heard(about, UNSUBSCRIBE, failure)
    if event_type == "autoresponded":
        return _heard(about, "autoreply", failure)
    return _heard(about, _OPENED.get(event_type) or _text(word)[:12] or "unnamed", failure, detail=detail)


def each(items: Iterable[Any], one: Callable[[Any], Heard | None]) -> list[Heard]:
    """What the items of a batch say; one that cannot be read loses no other. Raises ValueError if none can."""
    found: list[Heard] = []
    bad = good = 0
    for item in items:
        try:
            said = one(item)
        except Exception as problem:  # whatever a stranger's values make of our and anymail's code
            bad += 1
            log.info("An event of a provider's cannot be read: %s", type(problem).__name__)
            continue
        good += 1
        if said is not None:
            found.append(said)
    if bad and not good:
        raise ValueError("no event of it can be read")
    return found


def pieces(found: Any) -> Iterator[Any]:
    """Of a batch, or of a single event where a provider sends either."""
    if isinstance(found, list):
        yield from found
    elif isinstance(found, dict):
        yield found
    else:
        raise ValueError("neither an event nor a list of events")


def _bounce(about: About, failure: Failure) -> Heard:
    if failure.is_dropped:
        return _heard(about, "bounce", failure, detail=SUPPRESSED)
    category, is_permanent = _judged(failure)
    return _heard(about, "bounce", failure, category=category, is_permanent=is_permanent, suppresses=is_permanent)


def _judged(failure: Failure) -> tuple[Category, bool]:
    category = _read(failure)
    if category == Category.UNKNOWN and failure.says is not None:
        category = failure.says
    is_passing = failure.is_soft and (failure.says is not None or _is_temporary(failure))
    return category, category in HARD and not is_passing


def _read(failure: Failure) -> Category:
    return judge((_text(failure.diagnostic), _text(failure.summary)), _text(failure.status)).category


def _is_temporary(failure: Failure) -> bool:
    """The receiving server itself asked to try again."""
    words = f"{_text(failure.status)} {_text(failure.diagnostic)}".split()
    codes = [word.strip("-;:,()[]") for word in words[:12]]
    first = next((code for code in codes if code[:1] in ("4", "5") and (code.isdecimal() or code.count(".") == 2)), "")
    return not first.startswith("5")


def _heard(about: About, kind: str, failure: Failure, **more: Any) -> Heard:
    return Heard(
        kind=kind,
        message_ids=about.message_ids,
        recipient=_text(about.recipient),
        status=_text(failure.status),
        diagnostic=_text(failure.diagnostic) or _text(failure.summary),
        reporting_mta=_text(failure.reporting_mta),
        happened_at=about.at,
        **more,
    )


def _text(found: object) -> str:
    """A stranger's value as the database takes it."""
    if not isinstance(found, str):
        found = "" if found is None or isinstance(found, dict | list) else str(found)
    return " ".join(storable(found, 2_000).split())
