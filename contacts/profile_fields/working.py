"""The long part of a change: counting what it would do, and doing it.

People who have a value are taken in slices by id; a slice and how far it went are one transaction, so that what was
killed goes on where it was. A value that somebody changes meanwhile is left to them.
"""

import logging
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from accounts.database import locks
from contacts import fields
from contacts.models import Field, FieldChange
from contacts.profile_fields import counting, options, slices, steps
from contacts.profile_fields.steps import Step

Act, State = FieldChange.Act, FieldChange.State
SLICE = 5_000
SILENT_AFTER = timedelta(seconds=60)
_MOST_EXAMPLES = 6
_LOOKED_AT_FOR_DATES = 1_000

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """Somebody cancelled it meanwhile."""


def abandoned() -> list[int]:
    """Those that should be worked on but gave no sign of life for a while."""
    silent = FieldChange.objects.filter(
        state__in=(State.CHECKING, State.RUNNING), alive_at__lt=timezone.now() - SILENT_AFTER
    )
    return list(silent.values_list("pk", flat=True))


def work(change_id: int) -> None:
    """Do what its state asks for. Returns at once if somebody else is at it."""
    with locks.alone(locks.Kind.FIELDS, change_id) as is_mine:
        change = FieldChange.objects.filter(pk=change_id).first()
        if not is_mine or change is None:
            return
        try:
            if change.state == State.CHECKING:
                _check(change)
            elif change.state == State.RUNNING:
                _run(change)
        except Stopped:
            return
        except (OperationalError, InterfaceError):
            logger.warning("change %s of a field: lost the database; it will be taken up again", change_id)
            raise
        except Exception:
            logger.exception("change %s of a field failed", change_id)
            FieldChange.objects.filter(pk=change_id).update(
                state=State.FAILED,
                finished_at=timezone.now(),
                problem="Something went wrong on our side. The log of the server says more.",
            )


def _check(change: FieldChange) -> None:
    after, people, misfits = 0, 0, 0
    examples: list[str] = []
    found: Counter[str] = Counter()
    step: Step | None = None
    is_choice = change.details.get("to") in options.KINDS
    while rows := slices.read(change.key, after, SLICE, change.until):
        if step is None:
            step = _checked_step(change, [value for _, value in rows[:_LOOKED_AT_FOR_DATES]])
        for _, value in rows:
            try:
                new = step(value)
            except fields.BadValue:
                misfits += 1
                if len(examples) < _MOST_EXAMPLES:
                    examples.append(fields.as_text(value)[:80])
                continue
            people += change.act == Act.KIND or new != value
            if is_choice and len(found) <= options.MOST:
                found.update(new if isinstance(new, list) else [] if new is None else [new])
        after = rows[-1][0]
        _move(change, State.CHECKING, after=after)
    counts: dict[str, Any] = {"people": people, "misfits": misfits, "examples": examples}
    if is_choice:
        counts["options"] = sorted(fields.once(name for name, _ in found.most_common()), key=str.casefold)
        if len(found) > options.MOST:
            counts["problem"] = (
                f"There are more than {options.MOST} different values: too many to choose from. Leave it a text."
            )
            counts["options"] = []
    _move(change, State.CHECKING, to=State.READY, counts=counts, details=change.details)


def _checked_step(change: FieldChange, values: list[Any]) -> Step:
    """Which way round dates are written is told by the first values."""
    if change.act == Act.KIND and change.details["to"] == Field.Kind.DATE:
        change.details["day_first"] = fields.looks_day_first([value for value in values if isinstance(value, str)])
    return _step(change)


def _step(change: FieldChange) -> Step:
    details = change.details
    match change.act:
        case Act.KIND:
            known = change.counts.get("options", ())
            return steps.to_kind(details["to"], options=known, day_first=bool(details.get("day_first")))
        case Act.DELETE:
            return steps.gone
    return steps.renamed(details["old"], details.get("new", ""))


def _run(change: FieldChange) -> None:
    step, keep_key = _step(change), change.details.get("keep_key", "")
    while rows := slices.read(change.key, change.after, SLICE, change.until):
        written: list[slices.Written] = []
        lost = 0
        for contact_id, value in rows:
            kept: dict[str, Any] = {}
            try:
                new = step(value)
            except fields.BadValue:
                new, lost = None, lost + 1
                kept = {keep_key: fields.as_text(value)} if keep_key else {}
            if new != value or isinstance(new, bool) != isinstance(value, bool):
                written.append(slices.Written(contact_id, value, new, kept))
        counts = dict(change.counts)
        with transaction.atomic():
            counts["changed"] = counts.get("changed", 0) + slices.write(change.key, written)
            counts["lost"] = counts.get("lost", 0) + lost
            _move(change, State.RUNNING, after=rows[-1][0], counts=counts)
    _move(change, State.RUNNING, to=State.DONE, finished_at=timezone.now())
    counting.count()


def _move(change: FieldChange, state: str, *, to: str = "", **changes: Any) -> None:
    """Note how far it is, unless somebody cancelled meanwhile."""
    changes |= {"alive_at": timezone.now(), "state": to or state}
    if not FieldChange.objects.filter(pk=change.pk, state=state).update(**changes):
        raise Stopped
    for name, value in changes.items():
        setattr(change, name, value)
