"""The work on a change: freeze whom it is for, then slice by slice. A slice and its record are one transaction, so that
a killed worker leaves it done or not done, and whoever goes on begins with the next.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from accounts.database import deadlocks, locks
from accounts.wording import count
from contacts.bulk import deleted
from contacts.bulk.action import NotPossible, Setting
from contacts.bulk.actions import EVERY
from contacts.bulk.models import UNDER_WAY, BulkChange, BulkSlice
from contacts.bulk.selection import Selection
from contacts.merging import known

SLICE = 1_000
UNDONE_FOR = timedelta(days=7)
_SILENT_AFTER = timedelta(minutes=2)
_SLICES_AT_ONCE = 50
State = BulkChange.State

T = TypeVar("T")
logger = logging.getLogger(__name__)


def work(change_id: int) -> None:
    """To its end. Safe to run twice at a time, and to begin again."""
    try:
        while deadlocks.retried(lambda: step(change_id)):
            pass
    except (OperationalError, InterfaceError):
        logger.warning("change %s: lost the database, the sweep will go on with it", change_id, exc_info=True)
        raise
    except NotPossible as problem:
        _fail(change_id, str(problem))
    except Exception:
        logger.exception("change %s failed", change_id)
        _fail(change_id, "Something went wrong on our side. The log of the server says more.")


def abandoned() -> list[int]:
    """Changes that should be worked on but gave no sign of life for a while."""
    silent = BulkChange.objects.filter(state__in=UNDER_WAY, alive_at__lt=timezone.now() - _SILENT_AFTER)
    return list(silent.values_list("pk", flat=True))


def forget() -> None:
    """What can no longer be undone needs no record of what was there before."""
    ended = BulkChange.objects.filter(finished_at__lt=timezone.now() - UNDONE_FOR).exclude(state__in=UNDER_WAY)
    for change in ended.filter(slices__isnull=False).distinct():
        deleted.forget([change.pk])
        change.slices.all().delete()
        BulkChange.objects.filter(pk=change.pk).update(chosen={"query": change.chosen.get("query")})


@transaction.atomic
def step(change_id: int) -> bool:
    """The next piece of work; False when nothing is left."""
    with connection.cursor() as cursor:
        locks.share(cursor, locks.Kind.MERGING)  # nobody in a slice is merged before it is done
    change = BulkChange.objects.select_for_update(of=("self",)).filter(pk=change_id).first()
    if change is None:
        return False
    change.alive_at = timezone.now()
    match change.state:
        case State.FREEZING:
            return _freeze(change)
        case State.RUNNING:
            return _apply(change)
        case State.UNDOING:
            return _revert(change)
    return False


def _freeze(change: BulkChange) -> bool:
    people = Selection.from_json(change.chosen).people.order_by("pk").values_list("pk", flat=True)
    pieces = (BulkSlice(change=change, contact_ids=ids) for ids in _batched(people.iterator(50_000), SLICE))
    for made in _batched(pieces, _SLICES_AT_ONCE):
        BulkSlice.objects.bulk_create(made)
        change.total += sum(len(one.contact_ids) for one in made)
    if change.total > change.expected and EVERY[change.action].is_consent:
        raise NotPossible(
            f"It was confirmed for {count(change.expected)}, and meanwhile it would be {count(change.total)} people."
            " Nobody was changed. Look at them again."
        )
    change.state = State.RUNNING
    change.save(update_fields=["state", "total", "alive_at"])
    return True


def _batched(all_of: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(all_of)
    while batch := list(islice(left, size)):
        yield batch


def _apply(change: BulkChange) -> bool:
    piece = change.slices.filter(was__isnull=True).order_by("pk").first()
    if piece is None:
        change.state, change.finished_at = State.DONE, timezone.now()
        change.save(update_fields=["state", "finished_at", "alive_at"])
        return False
    setting = _setting(change)
    piece.contact_ids = known.numbers_now(piece.contact_ids)
    done = EVERY[change.action].apply(piece.contact_ids, change.options, setting)
    piece.was = done.was | {"changed": done.changed, "at": setting.at.isoformat()}
    piece.save(update_fields=["was", "contact_ids"])
    change.seen += len(piece.contact_ids)
    change.changed += done.changed
    change.save(update_fields=["seen", "changed", "alive_at"])
    return True


def _revert(change: BulkChange) -> bool:
    piece = change.slices.filter(is_undone=False, was__isnull=False).order_by("-pk").first()
    if piece is None:
        change.state = State.UNDONE
        change.save(update_fields=["state", "alive_at"])
        return False
    was: dict[str, Any] = piece.was or {}
    restored = EVERY[change.action].revert(was, change.options, _setting(change)) if was["changed"] else 0
    piece.is_undone = True
    piece.save(update_fields=["is_undone"])
    change.restored += restored
    change.kept += was["changed"] - restored
    change.save(update_fields=["restored", "kept", "alive_at"])
    return True


def _setting(change: BulkChange) -> Setting:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return Setting(change.pk, change.created_by_id, cursor.fetchone()[0])


def _fail(change_id: int, problem: str) -> None:
    under_way = BulkChange.objects.filter(pk=change_id, state__in=UNDER_WAY)
    under_way.update(state=State.FAILED, problem=problem, finished_at=timezone.now())
