"""Reading what came back and acting on it: some hundred at a time, each group in one transaction.

Only one process at a time settles (an advisory lock), so that figures and rows move together without locking batches,
which the sending engine needs.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, Func, OuterRef, QuerySet
from django.utils import timezone

from accounts import locks
from delivery.feedback import acting, forms, intake
from delivery.feedback.acting import Told
from delivery.feedback.forms import Heard
from delivery.feedback.intake import MAIL
from delivery.feedback.reading.reader import Mail, Reader
from delivery.models import Batch, FeedbackEvent, Returned
from delivery.policy import aftermath

AT_ONCE = 1_000
_BYTES_AT_ONCE = 16_000_000  # of the mails themselves; two groups are in memory at a time
_MOST_COUNTED = 32_767  # people of one report
_COUNTED_KEPT, _OTHERS_KEPT = timedelta(days=180), timedelta(days=7)
# Of a provider's request that only says that mail arrived or was opened: there is one for each mail.
_GOOD_NEWS_KEPT, _GOOD_NEWS = timedelta(days=14), ("delivered", "opened", "clicked")
log = logging.getLogger(__name__)
State = Returned.State


@dataclass(slots=True)
class _Item:
    row: Returned
    heard: Sequence[Heard] | None  # None: it could not be read
    told: list[Told]


def settle(reader: Reader, *, limit: int = AT_ONCE, only: Sequence[int] | None = None) -> int:
    """Read up to `limit` that are due, or those of `only`, and act on them; returns how many were looked at."""
    rows = due(limit=limit, only=only)
    act_on(rows, reader.read(mails(rows)))
    return len(rows)


def settle_now(ids: Iterable[int], reader: Reader | None = None) -> None:
    """Those, before this returns: for whoever waits for the answer. Later tries are the feedback process's."""
    with nullcontext(reader) if reader else closing(Reader()) as one:
        settle(one, only=list(ids))


def due(*, limit: int = AT_ONCE, only: Sequence[int] | None = None, beside: Iterable[Returned] = ()) -> list[Returned]:
    """Up to `limit` that are to be looked at now, or those of `only`; not those `beside`, who are being looked at."""
    found = Returned.objects.filter(due_at__isnull=False)
    found = found.filter(pk__in=only) if only is not None else found.filter(due_at__lte=timezone.now())
    others = [row.pk for row in beside]
    found = (found.exclude(pk__in=others) if others else found).order_by("due_at", "id")
    sizes = found.annotate(size=Func("raw", function="octet_length")).values_list("pk", "size")[:limit]
    first = _within(_BYTES_AT_ONCE, sizes)
    return list(found.filter(pk__in=first).defer("digest", "way", "received_at"))


def _within(most: int, sizes: Iterable[tuple[int, int]]) -> list[int]:
    """The first, so many as fit into `most` octets; at least one."""
    taken: list[int] = []
    for number, size in sizes:
        most -= size
        if most < 0 and taken:
            break
        taken.append(number)
    return taken


def mails(rows: Iterable[Returned]) -> list[bytes]:
    """What of them has to be read by a child."""
    return [bytes(row.raw) for row in rows if row.form == MAIL]


def act_on(rows: Sequence[Returned], read: Iterable[Mail | None]) -> None:
    """`read`: what `mails` of these rows say. What somebody else has looked at in the meantime is left out."""
    if not rows:
        return
    answers = iter(read)
    items = [_item(row, _heard_in_mail(row, answers) if row.form == MAIL else _heard_in_request(row)) for row in rows]
    with transaction.atomic():
        with connection.cursor() as cursor:
            locks.hold(cursor, locks.Kind.FEEDBACK)
        still_due = dict(Returned.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "due_at"))
        items = _within_caps([item for item in items if still_due.get(item.row.pk) == item.row.due_at])
        results = acting.act([told for item in items for told in item.told])
        for item in items:
            _conclude(item, results)
        _write([item.row for item in items])


def give_up(row: Returned) -> None:
    words = "What it says cannot be stored."
    Returned.objects.filter(pk=row.pk).update(state=State.UNREADABLE, words=words, due_at=None)


def _heard_in_mail(row: Returned, answers: Iterator[Mail | None]) -> Sequence[Heard] | None:
    mail = next(answers)
    return None if mail is None else forms.of_mail(mail, row.envelope_to)


def _heard_in_request(row: Returned) -> Sequence[Heard] | None:
    read = forms.reader(row.form)
    try:
        return read(bytes(row.raw)) if read else None
    except ValueError:
        return None
    except Exception:  # the reader of one provider must not hold up all others
        log.exception("A %s request could not be read.", row.form)
        return None


def _item(row: Returned, heard: Sequence[Heard] | None) -> _Item:
    told = [
        acting.told(each, returned_id=row.pk, source=row.source, provider_id=row.provider_id)
        for each in heard or ()
        if len(each.message_ids) == 1
    ]
    return _Item(row, heard, told)


def _within_caps(items: list[_Item]) -> list[_Item]:
    """Of those that would suppress more people than their source may in an hour, nothing is believed until somebody
    has looked."""
    wanted: Counter[str] = Counter()
    for item in items:
        if not item.row.is_believed:
            wanted[item.row.source] += sum(told.effect.excludes for told in item.told)
    if not any(count for count in wanted.values()):
        return items
    left = {source: _left(source) for source, count in wanted.items() if count}
    for item in items:
        suppressing = sum(told.effect.excludes for told in item.told)
        if not suppressing or item.row.is_believed:
            continue
        left[item.row.source] -= suppressing
        if left[item.row.source] < 0:
            item.told, item.row.state, item.row.would_suppress = [], State.HELD, min(suppressing, _MOST_COUNTED)
    return items


def _left(source: str) -> int:
    lately = Batch.objects.filter(rehearsal=False, started_at__gt=timezone.now() - timedelta(days=7))
    accepted = sum(lately.values_list("accepted", flat=True))
    return aftermath.largest_hour(accepted) - acting.suppressed_lately(source)


def _conclude(item: _Item, results: dict[int, list[str]]) -> None:
    row, now = item.row, timezone.now()
    row.due_at = None
    if row.state == State.HELD:
        row.words = "More people than usual would be suppressed by what came this way within an hour."
        return
    said = results.get(row.pk, [])
    if acting.TOO_EARLY in said and (wait := aftermath.look_again_in(row.tries)) is not None:
        row.due_at, row.tries = now + wait, row.tries + 1
        row.words = "Its mail is still on its way out by our books. It is looked at again."
        return
    row.state, row.words = _outcome(item, said)


def _outcome(item: _Item, said: Sequence[str]) -> tuple[State, str]:
    if item.heard is None:
        return State.UNREADABLE, "It could not be read."
    if not item.heard:
        return State.NOTHING, "It reports nothing that we know of."
    if not item.told:
        several = any(len(heard.message_ids) > 1 for heard in item.heard)
        words = (
            "It names several mails of ours, so somebody put it together." if several else "It names no mail of ours."
        )
        return State.NOT_OURS, words
    if acting.COUNTED in said:
        return State.COUNTED, "It is counted."
    for known, words in (
        (acting.GONE, "Its mail is no longer in the books."),
        (acting.TOO_EARLY, "Its mail was never accepted by our books."),
        (acting.KNOWN, "This was known already."),
    ):
        if known in said:
            return State.NOTHING, words
    return State.NOTHING, "It changes nothing."


def _write(rows: Sequence[Returned]) -> None:
    given = [[row.pk, str(row.state), row.words, row.due_at, row.tries, row.would_suppress] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [json.dumps(given, default=str)])


def believe(source: str, *, up_to: int | None = None) -> int:
    """Act on all that waits of `source`, however many people it suppresses; returns how many reports. `up_to` is the
    number of the last that somebody has seen."""
    return _held(source, up_to).update(is_believed=True, state=State.WAITING, due_at=timezone.now(), words="")


def discard(source: str, *, up_to: int | None = None) -> int:
    """Believe nothing of what waits of `source`; it is kept for some days."""
    return _held(source, up_to).update(state=State.NOTHING, words="Somebody looked at it and did not believe it.")


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


# As JSON, which both sides read several times faster than arrays.
_WRITE = """
UPDATE delivery_returned r SET state = g ->> 1, words = g ->> 2, due_at = (g ->> 3)::timestamptz,
    tries = (g ->> 4)::smallint, would_suppress = (g ->> 5)::smallint
FROM jsonb_array_elements(%s::jsonb) g WHERE r.id = (g ->> 0)::bigint
"""
