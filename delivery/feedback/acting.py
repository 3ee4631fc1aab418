"""What came back, acted upon: the event, the second line of the tally, the person. For delivery.feedback.settling.

A message still on its way by our books, because the report was quicker than the checkpoint, is looked at again later;
one that may have arrived has arrived, since something came back of it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Greatest
from django.dispatch import Signal
from django.utils import timezone

from accounts.database import locks
from accounts.wording import storable
from contacts import consent
from contacts.consent import Suppressing
from contacts.models import Contact
from contacts.suppression import holding
from delivery.feedback import failing, second_line, suppression
from delivery.feedback.forms import AUTOMATED, Heard
from delivery.ledger import uncertain, watching
from delivery.models import FeedbackEvent, MessageState
from delivery.outcomes import Outcome
from delivery.policy import aftermath, mailbox_providers
from delivery.policy.aftermath import Effect
from delivery.replies import Category

# Sent with `message_id`, inside the transaction that records a message's first complaint.
complained = Signal()
# Sent with `message_id`, `kind` ("opened" or "clicked") and `at` (None: unknown), inside the transaction that records
# it: the provider says that a program did it. Each time, also for a mail of which this is known.
automated = Signal()

COUNTED, KNOWN, TOO_EARLY, GONE = "counted", "known", "too early", "gone"
AT_ONCE = 500
_ON_ITS_WAY = (MessageState.PENDING, MessageState.DEFERRED)
_TOUCHED = ("opened", "clicked")
_ARRIVED = "Something came back of it, so it had arrived."
_LEFT = "Unsubscribed with the provider that carried the mail"


@dataclass(frozen=True, slots=True)
class Told:
    """One thing about one mail of ours, and by which report and way we know."""

    returned_id: int
    source: str
    provider_id: int | None
    heard: Heard
    effect: Effect

    @property
    def message_id(self) -> int:
        return next(iter(self.heard.message_ids))


def told(heard: Heard, *, returned_id: int, source: str, provider_id: int | None) -> Told:
    effect = aftermath.effect(
        heard.kind,
        category=heard.category,
        is_permanent=heard.is_permanent,
        suppresses=heard.suppresses,
        detail=heard.detail,
    )
    return Told(returned_id, source, provider_id, heard, effect)


@dataclass(frozen=True, slots=True)
class Mailed:
    """A message as the books have it."""

    id: int
    batch_id: int
    state: int
    email: str
    contact_id: int | None
    contact_email: str | None
    changes_people: bool  # no rehearsal, or a sample contact's
    lane: str


@dataclass(slots=True)
class _Work:
    """One new event and its message."""

    told: Told
    mailed: Mailed

    @property
    def effect(self) -> Effect:
        return self.told.effect

    @property
    def category(self) -> str:
        heard = self.told.heard
        return storable(heard.category or heard.detail, 30)

    @property
    def elsewhere(self) -> str:
        """The address that bounced, where it is another than the one we wrote to."""
        recipient = self.told.heard.recipient
        return recipient if recipient.lower() != self.mailed.email.lower() else ""


def act(given: Sequence[Told]) -> dict[int, list[str]]:
    """Of each report by its id, what became of what it says. Inside a transaction, one at a time."""
    with connection.cursor() as cursor:
        locks.share(cursor, locks.Kind.MERGING)  # who complains is not merged before that is written
    results: dict[int, list[str]] = defaultdict(list)
    known = _mailed({each.message_id for each in given})
    ready: list[_Work] = []
    for each in given:
        mailed = known.get(each.message_id)
        if mailed is None:
            results[each.returned_id].append(GONE)
        elif mailed.state in _ON_ITS_WAY and each.effect.term is not None:
            results[each.returned_id].append(TOO_EARLY)
            if each.effect.reason == "complaint" and mailed.changes_people:  # whatever the books say of the mail
                _suppress([_Work(each, mailed)])
        else:
            ready.append(_Work(each, mailed))
    _settle_uncertain(ready)
    fresh = _store(ready)
    for work in ready:
        is_new = id(work) in fresh
        results[work.told.returned_id].append(COUNTED if is_new else KNOWN)
    _follow([work for work in ready if id(work) in fresh])
    for work in ready:
        heard = work.told.heard
        if heard.detail == AUTOMATED and heard.kind in _TOUCHED:
            automated.send(FeedbackEvent, message_id=work.mailed.id, kind=heard.kind, at=heard.happened_at)
    return results


def hold_wishes(given: Iterable[Told]) -> None:
    """Who complains or leaves in what somebody has to look at first: no mail to them until then."""
    wishes = [each for each in given if each.effect.is_wish]
    if not wishes:
        return
    known = _mailed({each.message_id for each in wishes})
    by_source: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for each in wishes:
        mailed = known.get(each.message_id)
        if mailed is not None and mailed.changes_people:
            by_source[each.source] |= {(email, mailed.id) for email in _emails(mailed)}
    for source, held in by_source.items():
        holding.hold_with(source, sorted(held))


def end_holds(given: Iterable[Told]) -> None:
    """The same, once they are believed and acted upon."""
    by_source: dict[str, set[int]] = defaultdict(set)
    for each in given:
        if each.effect.is_wish:
            by_source[each.source].add(each.message_id)
    for source, message_ids in by_source.items():
        holding.end_with(source, message_ids)


def suppressed_lately(source: str) -> int:
    """How many people what came this way has suppressed within the last hour."""
    since = timezone.now() - timedelta(hours=1)
    return FeedbackEvent.objects.filter(source=source, suppressed=True, at__gt=since).count()


def give_up_delayed() -> int:
    """Delays whose server has had its time and never said how it ended: a failure. Returns how many. For a task."""
    with transaction.atomic():
        due = FeedbackEvent.objects.select_for_update(skip_locked=True).filter(gives_up_at__lt=timezone.now())
        rows = list(due.order_by("gives_up_at")[:AT_ONCE])
        FeedbackEvent.objects.filter(pk__in=[row.pk for row in rows]).update(gives_up_at=None)
        arrived = _arrived_after_all(rows)
        act(
            [
                told(_gave_up(row), returned_id=row.returned_id or 0, source=row.source, provider_id=None)
                for row in rows
                if row.message_id not in arrived
            ]
        )
    return len(rows)


def _arrived_after_all(rows: Sequence[FeedbackEvent]) -> set[int]:
    """Messages that were heard of otherwise, or whose people have opened or clicked since the delay was told."""
    told = FeedbackEvent.objects.filter(message_id__in=[row.message_id for row in rows]).exclude(kind="delay")
    people = Contact.objects.filter(pk__in=[row.contact_id for row in rows if row.contact_id])
    read_at = dict(people.values_list("pk", Greatest("last_opened_at", "last_clicked_at")))
    return set(told.values_list("message_id", flat=True)) | {
        row.message_id for row in rows if (at := read_at.get(row.contact_id)) and at > row.at
    }


def _gave_up(row: FeedbackEvent) -> Heard:
    return Heard(
        kind="bounce",
        message_ids=frozenset({row.message_id}),
        category=Category.EXPIRED,
        status=row.status,
        diagnostic=f"Nothing more was heard of it after: {row.diagnostic}"[:1000],
        reporting_mta=row.reporting_mta,
        happened_at=row.gives_up_at,
    )


def _mailed(ids: set[int]) -> dict[int, Mailed]:
    lane, parameters = mailbox_providers.sql("m.email")
    before, after = _MAILED.split("{lane}")
    with connection.cursor() as cursor:
        cursor.execute(before + lane + after, [*parameters, sorted(ids)])
        return {row[0]: Mailed(*row) for row in cursor.fetchall()}


def _settle_uncertain(ready: Iterable[_Work]) -> None:
    """A bounce, complaint or delivery proves that the connection broke after the server had taken it."""
    proven = [
        work for work in ready if work.mailed.state == MessageState.UNCERTAIN and work.told.heard.kind != "autoreply"
    ]
    if not proven:
        return
    uncertain.settle_uncertain({work.mailed.id for work in proven}, as_=MessageState.ACCEPTED, because=_ARRIVED)
    for work in proven:
        work.mailed = replace(work.mailed, state=MessageState.ACCEPTED)


def _store(ready: Sequence[_Work]) -> set[int]:
    """Write the events; returns `id()` of each work that was not known."""
    if not ready:
        return set()
    firsts: dict[tuple[int, str, bool], _Work] = {}
    for work in ready:
        firsts.setdefault((work.mailed.id, storable(work.told.heard.kind, 12), work.told.heard.is_permanent), work)
    now = timezone.now()
    rows = [_columns(key, work, now) for key, work in firsts.items()]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [json.dumps(rows, default=str)])
        return {id(firsts[tuple(row)]) for row in cursor.fetchall()}


def _columns(key: tuple[int, str, bool], work: _Work, now: datetime) -> tuple[Any, ...]:
    heard, mailed = work.told.heard, work.mailed
    return (
        *key,
        mailed.batch_id,
        mailed.contact_id,
        work.category,
        storable(heard.status, 12),
        storable(heard.diagnostic, 1000),
        storable(work.elsewhere, 320),
        storable(heard.reporting_mta, 255),
        work.told.source[:80],
        work.told.returned_id or None,
        work.effect.excludes and mailed.changes_people,
        heard.gives_up_at if heard.kind == "delay" else None,
        heard.happened_at,
        now,
    )


def _follow(fresh: Sequence[_Work]) -> None:
    """The second line, then people, then who listens."""
    standing = [work for work in fresh if work.effect.term is not None and work.mailed.state == MessageState.ACCEPTED]
    moved = second_line.move(
        second_line.Moved(
            work.mailed.id,
            work.mailed.batch_id,
            work.mailed.lane,
            int(work.effect.term or 0),
            work.category,
            work.effect.is_blocked,
        )
        for work in standing
    )
    for work in fresh:
        if work.effect.reason == "complaint":
            complained.send(FeedbackEvent, message_id=work.mailed.id)
    about_people = [work for work in fresh if work.mailed.changes_people]
    _suppress([work for work in about_people if work.effect.reason])
    _unsubscribe([work for work in about_people if work.effect.leaves])
    for batch_id, outcomes in _by_batch(work for work in about_people if work.effect.failing).items():
        failing.note(batch_id, outcomes)
    failing.forget({work.mailed.email for work in about_people if work.effect.reaches})
    for batch_id, outcomes in _by_batch(work for work in about_people if work.effect.reason == "hard_bounce").items():
        suppression.hold_mass_events(batch_id, outcomes, came_later=True)
    for batch_id in moved:
        transaction.on_commit(partial(watching.judge, batch_id))


def _suppress(works: Iterable[_Work]) -> None:
    """Whoever complains under a new address is still the one who complained; a bounce is about the one we wrote to."""
    wanted: list[Suppressing] = []
    for work in works:
        emails = _emails(work.mailed) if work.effect.reason == "complaint" else {work.mailed.email}
        words = _words(work)
        source = "complaint" if work.effect.reason == "complaint" else suppression.BOUNCE
        wanted += [Suppressing(email, work.effect.reason, words, source, work.mailed.id) for email in sorted(emails)]
    consent.suppress_all(wanted)


def _emails(mailed: Mailed) -> set[str]:
    return {mailed.email, mailed.contact_email or mailed.email}


def _unsubscribe(works: Iterable[_Work]) -> None:
    """Whoever leaves at the provider leaves everything: by its own list, nothing of ours reaches them any more."""
    people = Contact.objects.in_bulk([work.mailed.contact_id for work in works if work.mailed.contact_id])
    for work in works:
        contact, message_id = people.get(work.mailed.contact_id or 0), work.mailed.id
        if contact is None:
            consent.suppress(work.mailed.email, "unsubscribed", source="provider", message_id=message_id)
        else:
            consent.unsubscribe(contact, lists=None, channel="provider", message_id=message_id, text=_LEFT)


def _words(work: _Work) -> str:
    heard = work.told.heard
    if work.effect.reason == "complaint":
        return f"Reported by the mailbox provider ({heard.detail or 'abuse'})"
    forwarded = f"Forwarded to {work.elsewhere}: " if work.elsewhere else ""
    return f"{forwarded}{heard.diagnostic or heard.status}"


def _by_batch(works: Iterable[_Work]) -> Mapping[int, Sequence[Outcome]]:
    """What the rules for answers at once are told."""
    found: dict[int, list[Outcome]] = defaultdict(list)
    for work in works:
        found[work.mailed.batch_id].append(_outcome(work))
    return found


def _outcome(work: _Work) -> Outcome:
    heard = work.told.heard
    return Outcome(
        work.mailed.id,
        work.mailed.email,
        MessageState.ACCEPTED,
        "bounced",
        str(heard.category or ""),
        "",
        enhanced=heard.status,
        text=heard.diagnostic,
        failing=work.effect.failing,
    )


_MAILED = """
SELECT m.id, m.batch_id, m.state, m.email, m.contact_id, c.email,
    NOT b.rehearsal OR coalesce(c.is_sample, false), {lane}
FROM delivery_message m JOIN delivery_batch b ON b.id = m.batch_id
LEFT JOIN contacts_contact c ON c.id = m.contact_id
WHERE m.id = ANY(%s)
"""
# As JSON, which both sides read several times faster than arrays.
_STORE = """
INSERT INTO delivery_feedbackevent (message_id, kind, is_permanent, batch_id, contact_id, category, status, diagnostic,
    recipient, reporting_mta, source, returned_id, suppressed, gives_up_at, happened_at, at)
SELECT (g ->> 0)::bigint, g ->> 1, (g ->> 2)::boolean, (g ->> 3)::bigint, (g ->> 4)::bigint, g ->> 5, g ->> 6, g ->> 7,
    g ->> 8, g ->> 9, g ->> 10, (g ->> 11)::bigint, (g ->> 12)::boolean, (g ->> 13)::timestamptz,
    (g ->> 14)::timestamptz, (g ->> 15)::timestamptz
FROM jsonb_array_elements(%s::jsonb) g
ON CONFLICT (message_id, kind, is_permanent) DO NOTHING RETURNING message_id, kind, is_permanent
"""
