"""Reading what came back and acting on it: some hundred at a time, each group in one transaction.

Only one process at a time settles (an advisory lock), so that figures and rows move together without locking batches,
which the sending engine needs.
"""

import json
import logging
from collections.abc import Iterable, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

import psycopg
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone

from accounts.database import locks
from contacts.suppression import holding
from delivery.domains.dmarc_reports import keeping, proving
from delivery.domains.dmarc_reports.reading import Reading
from delivery.domains.resolver import shared
from delivery.feedback import acting, forms, intake
from delivery.feedback.acting import Told
from delivery.feedback.forms import Heard
from delivery.feedback.intake import MAIL
from delivery.feedback.reading.reader import Mail, Reader
from delivery.models import Batch, FeedbackEvent, Returned
from delivery.policy import aftermath

AT_ONCE = 1_000
COUNTED_WORDS = "It is counted."
HELD_WORDS = "More people than usual would be suppressed by what came this way within an hour."
HELD_WISHES = f"{HELD_WORDS} Somebody complains in it, or wants to leave, and gets no mail meanwhile."
_BYTES_AT_ONCE = 16_000_000  # of the mails themselves; two groups are in memory at a time
_MOST_COUNTED = 32_767  # people of one report
_COUNTED_KEPT, _OTHERS_KEPT = timedelta(days=180), timedelta(days=7)
# Of a provider's request that only says that mail arrived or was opened: there is one for each mail.
_GOOD_NEWS_KEPT, _GOOD_NEWS = timedelta(days=14), ("delivered", "opened", "clicked")
log = logging.getLogger(__name__)
State = Returned.State
_OF_REPORTS = {keeping.Outcome.COUNTED: State.COUNTED, keeping.Outcome.FOREIGN: State.NOT_OURS}


@dataclass(slots=True)
class Due:
    """A row of Returned that is to be looked at, and what it becomes. No model: thousands a second are read."""

    pk: int
    source: str
    provider_id: int | None
    form: str
    envelope_to: str
    raw: bytes
    tries: int
    is_believed: bool
    was_due: str
    state: str = State.WAITING
    words: str = ""
    due_at: datetime | None = None
    would_suppress: int = 0


@dataclass(slots=True)
class _Item:
    row: Due
    heard: Sequence[Heard] | None  # None: it could not be read
    told: list[Told]
    dmarc: Reading | None = None
    sent_by: str = ""  # of a report: whose signature its mail has
    wishes: Sequence[Told] = ()  # of one that is held: complaints and leavings


def settle(reader: Reader, *, only: Sequence[int] | None = None) -> int:
    """Read a group of those that are due, or those of `only`, and act on them; returns how many were looked at."""
    rows = due(only=only)
    act_on(rows, reader.read(mails(rows)))
    return len(rows)


def settle_now(ids: Iterable[int], reader: Reader | None = None) -> None:
    """Those, before this returns: for whoever waits for the answer. Later tries are the feedback process's."""
    with nullcontext(reader) if reader else closing(Reader()) as one:
        settle(one, only=list(ids))


def due(*, only: Sequence[int] | None = None, beside: Iterable[Due] = ()) -> list[Due]:
    """A group of those that are due, or those of `only`; not those `beside`, which are being looked at."""
    if only is None:
        which: Sequence[Any] = (timezone.now(), _numbers(row.pk for row in beside))
        return [Due(*row) for row in _rows(_NOW_DUE, *which, _BYTES_AT_ONCE)]
    return [Due(*row) for row in _rows(_DUE_OF_THESE, _numbers(only), _BYTES_AT_ONCE)]


def _rows(query: LiteralString, *given: object) -> list[tuple[Any, ...]]:
    """In PostgreSQL's binary form: mails are not written in hexadecimal digits."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(query, given, binary=True).fetchall()


def _numbers(ids: Iterable[int]) -> str:
    """An array as PostgreSQL reads it: in a list each number would be looked at on its own."""
    return f"{{{','.join(map(str, ids))}}}"


def mails(rows: Iterable[Due]) -> list[bytes]:
    """What of them has to be read by a child."""
    return [row.raw for row in rows if row.form == MAIL]


def act_on(rows: Sequence[Due], read: Iterable[Mail | None]) -> None:
    """`read`: what `mails` of these rows say. What somebody else has looked at in the meantime is left out."""
    if not rows:
        return
    answers = iter(read)
    items = [_of_mail(row, next(answers)) if row.form == MAIL else _item(row, _heard_in_request(row)) for row in rows]
    with transaction.atomic():
        with connection.cursor() as cursor:
            locks.hold(cursor, locks.Kind.FEEDBACK)
        still_due = dict(_rows(_STILL_DUE, _numbers(row.pk for row in rows)))
        items = _within_caps([item for item in items if still_due.get(item.row.pk) == item.row.was_due])
        results = acting.act([told for item in items for told in item.told])
        acting.hold_wishes(told for item in items for told in item.wishes)
        acting.end_holds(told for item in items if item.row.is_believed for told in item.told)
        for item in items:
            _conclude(item, results)
        _write([item.row for item in items])


def give_up(row: Due) -> None:
    words = "What it says cannot be stored."
    Returned.objects.filter(pk=row.pk).update(state=State.UNREADABLE, words=words, due_at=None)


def _of_mail(row: Due, mail: Mail | None) -> _Item:
    if mail is None:
        return _Item(row, None, [])
    if mail.dmarc is not None and mail.dmarc.report is not None:
        sent_by = proving.sender(row.raw, shared()) if keeping.is_ours(mail.dmarc.report) else ""
        return _Item(row, [], [], mail.dmarc, sent_by)
    item = _item(row, forms.of_mail(mail, row.envelope_to))
    item.dmarc = mail.dmarc if not item.told else None
    return item


def _heard_in_request(row: Due) -> Sequence[Heard] | None:
    read = forms.reader(row.form)
    try:
        return read(row.raw) if read else None
    except ValueError:
        return None
    except Exception:  # the reader of one provider must not hold up all others
        log.exception("A %s request could not be read.", row.form)
        return None


def _item(row: Due, heard: Sequence[Heard] | None) -> _Item:
    told = [
        acting.told(each, returned_id=row.pk, source=row.source, provider_id=row.provider_id)
        for each in heard or ()
        if len(each.message_ids) == 1
    ]
    return _Item(row, heard, told)


def _within_caps(items: list[_Item]) -> list[_Item]:
    """Of those that would suppress more people than their source may in an hour, nothing is believed until somebody
    has looked. Who complains or leaves in one gets no mail until then."""
    left: dict[str, int] = {}
    for item in items:
        row, suppressing = item.row, sum(told.effect.excludes for told in item.told)
        if not suppressing or row.is_believed:
            continue
        left[row.source] = (left[row.source] if row.source in left else _left(row.source)) - suppressing
        if left[row.source] < 0:
            item.wishes = [told for told in item.told if told.effect.is_wish]
            row.words = HELD_WISHES if item.wishes else HELD_WORDS
            item.told, row.state, row.would_suppress = [], State.HELD, min(suppressing, _MOST_COUNTED)
    return items


def _left(source: str) -> int:
    lately = Batch.objects.filter(rehearsal=False, started_at__gt=timezone.now() - timedelta(days=7))
    accepted = lately.aggregate(sum=Sum("accepted"))["sum"]
    return aftermath.largest_hour(accepted or 0) - acting.suppressed_lately(source)


def _conclude(item: _Item, results: dict[int, list[str]]) -> None:
    row, now = item.row, timezone.now()
    row.due_at = None
    if row.state == State.HELD:
        return
    if item.dmarc is not None:
        row.state, row.words = _of_report(item.dmarc, item.sent_by)
        return
    said = results.get(row.pk, [])
    if acting.TOO_EARLY in said and (wait := aftermath.look_again_in(row.tries)) is not None:
        row.due_at, row.tries = now + wait, row.tries + 1
        row.words = "Its mail is still on its way out by our books. It is looked at again."
        return
    row.state, row.words = _outcome(item, said)


def _of_report(dmarc: Reading, sent_by: str) -> tuple[State, str]:
    if dmarc.report is None:
        return State.UNREADABLE, f"It calls itself a DMARC report. {dmarc.problem}"
    outcome = keeping.keep(dmarc.report, sent_by)
    return _OF_REPORTS.get(outcome, State.NOTHING), keeping.in_words(outcome, dmarc.report, sent_by)[:300]


def _outcome(item: _Item, said: Sequence[str]) -> tuple[State, str]:
    if item.heard is None:
        return State.UNREADABLE, "It could not be read."
    if not item.heard:
        return State.NOTHING, "It reports nothing that we know of."
    if not item.told:
        if any(len(heard.message_ids) > 1 for heard in item.heard):
            return State.NOT_OURS, "It names several mails of ours, so somebody put it together."
        return State.NOT_OURS, "It names no mail of ours."
    if acting.COUNTED in said:
        return State.COUNTED, COUNTED_WORDS
    for known, words in (
        (acting.GONE, "Its mail is no longer in the books."),
        (acting.TOO_EARLY, "Its mail was never accepted by our books."),
        (acting.KNOWN, "This was known already."),
    ):
        if known in said:
            return State.NOTHING, words
    return State.NOTHING, "It changes nothing."


def _write(rows: Sequence[Due]) -> None:
    given = [[row.pk, str(row.state), row.words, row.due_at, row.tries, row.would_suppress] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [json.dumps(given, default=str)])


def believe(source: str, *, up_to: int | None = None) -> int:
    """Act on all that waits of `source`, however many people it suppresses; returns how many reports. `up_to` is the
    number of the last that somebody has seen."""
    return _held(source, up_to).update(is_believed=True, state=State.WAITING, due_at=timezone.now(), words="")


def discard(source: str, *, up_to: int | None = None) -> int:
    """Believe nothing of what waits of `source`; it is kept for some days. Who got no mail for it gets mail again, once
    nothing else of that source waits."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            locks.hold(cursor, locks.Kind.FEEDBACK)
        count = _held(source, up_to).update(state=State.NOTHING, words="Somebody looked at it and did not believe it.")
        if not _held(source, None).exists():
            holding.end_with(source)
    return count


def _held(source: str, up_to: int | None) -> QuerySet[Returned]:
    held = Returned.objects.filter(source=source, state=State.HELD)
    return held if up_to is None else held.filter(pk__lte=up_to)


def forget_old() -> int:
    """Raw mail is kept for as long as somebody may ask about it; the events that came of it stay. Returns how many."""
    now = timezone.now()
    done = Returned.objects.filter(due_at__isnull=True).exclude(state=State.HELD)
    counted = done.filter(state=State.COUNTED, received_at__lt=now - _COUNTED_KEPT)
    others = done.exclude(state=State.COUNTED).filter(received_at__lt=now - _OTHERS_KEPT)
    bad_news = FeedbackEvent.objects.filter(returned=OuterRef("pk")).exclude(kind__in=_GOOD_NEWS)
    arrived = done.filter(way=Returned.Way.WEBHOOK, received_at__lt=now - _GOOD_NEWS_KEPT).exclude(Exists(bad_news))
    return sum(old.delete()[0] for old in (counted, others, arrived))


def hand_in(
    raw: bytes, *, way: Returned.Way, source: str = "", envelope_to: str = "", reader: Reader | None = None
) -> Returned:
    """Take a mail and read it before this returns; its row says what became of it, in `words`. Raises DatabaseError."""
    receipt = intake.take([intake.Item(raw, envelope_to)], way=way, source=source or str(way))
    taken = [number for number in receipt.ids if number is not None]
    settle_now(taken, reader)
    if taken:
        return Returned.objects.defer("raw").get(pk=taken[0])
    known = Returned.objects.defer("raw").get(digest=intake.digest(intake.MAIL, raw))
    known.words = "This report was read before."
    return known


# The first, so many as fit into some octets; at least one.
_FIRST: LiteralString = """
WITH first AS (
    SELECT id, sum(octet_length(raw)) OVER in_order AS octets, row_number() OVER in_order AS place
    FROM delivery_returned WHERE {which} WINDOW in_order AS (ORDER BY due_at, id)
    ORDER BY due_at, id LIMIT {most}
)
SELECT id, source, provider_id, form, envelope_to, raw, tries, is_believed, due_at::text
FROM first JOIN delivery_returned USING (id) WHERE octets <= %s OR place = 1 ORDER BY place
"""
_NOW_DUE: LiteralString = _FIRST.format(most=AT_ONCE, which="due_at <= %s AND id <> ALL(%s::bigint[])")
_DUE_OF_THESE: LiteralString = _FIRST.format(most=AT_ONCE, which="due_at IS NOT NULL AND id = ANY(%s::bigint[])")
_STILL_DUE: LiteralString = "SELECT id, due_at::text FROM delivery_returned WHERE id = ANY(%s::bigint[])"
# As JSON, which both sides read several times faster than arrays.
_WRITE = """
UPDATE delivery_returned r SET state = g ->> 1, words = g ->> 2, due_at = (g ->> 3)::timestamptz,
    tries = (g ->> 4)::smallint, would_suppress = (g ->> 5)::smallint
FROM jsonb_array_elements(%s::jsonb) g WHERE r.id = (g ->> 0)::bigint
"""
