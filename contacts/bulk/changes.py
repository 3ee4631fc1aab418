"""The life of a change as people see it: begun, stopped, undone."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Role, User
from contacts import tasks
from contacts.bulk import working
from contacts.bulk.action import Action, Options
from contacts.bulk.actions import EVERY
from contacts.bulk.models import BulkChange
from contacts.bulk.selection import Selection
from contacts.bulk.working import UNDONE_FOR

AT_ONCE = 1_000  # people: so many are changed while the page waits
TYPED_ABOVE = 5_000  # people
State = BulkChange.State


class NotPossible(Exception):
    """Its words are for the user."""


def begin(
    action: Action, options: Options, selection: Selection, *, expected: int, by: User, subject: str = ""
) -> BulkChange:
    """Done when this returns if it is for few; else a worker begins with it.

    `subject`: whom it is about in the audit trail, where it is one person.
    """
    with transaction.atomic():
        made = BulkChange.objects.create(
            action=action.name, options=options, chosen=selection.to_json(), expected=expected, created_by=by
        )
        about = {"options": options, "people": expected, "filters": selection.query, "id": made.pk}
        audit.record(by, f"contacts.{action.name}", subject or action.words(options), **about)
        if expected > AT_ONCE:
            # Robust: if the broker is away, the sweep finds it.
            transaction.on_commit(partial(tasks.work_on_bulk_change.delay, change_id=made.pk), robust=True)
    if expected <= AT_ONCE:
        working.work(made.pk)
    made.refresh_from_db()
    return made


def cancel(change: BulkChange, *, by: User) -> None:
    """Stop after the slice at hand; what is done stays, and may be undone. Raises NotPossible."""
    stopping = BulkChange.objects.filter(pk=change.pk, state__in=(State.FREEZING, State.RUNNING))
    if not stopping.update(state=State.CANCELLED, finished_at=timezone.now()):
        raise NotPossible("It has ended already.")
    audit.record(by, "contacts.change-stop", words(change), id=change.pk)


def undo(change: BulkChange, *, by: User) -> None:
    """Raises NotPossible."""
    if problem := why_not_undone(change, by):
        raise NotPossible(problem)
    with transaction.atomic():
        found = BulkChange.objects.filter(pk=change.pk, state=change.state)
        if not found.update(state=State.UNDOING, alive_at=timezone.now()):
            raise NotPossible("Somebody else was quicker.")
        audit.record(by, "contacts.change-undo", words(change), id=change.pk)
        if change.seen > AT_ONCE:
            transaction.on_commit(partial(tasks.work_on_bulk_change.delay, change_id=change.pk), robust=True)
    if change.seen <= AT_ONCE:
        working.work(change.pk)


def why_not_undone(change: BulkChange, user: User) -> str:
    """Empty if `user` may undo it now."""
    action = EVERY[change.action]
    if change.state not in (State.DONE, State.CANCELLED, State.FAILED) or not change.changed:
        return "There is nothing to undo."
    if change.finished_at and change.finished_at < timezone.now() - UNDONE_FOR:
        return f"It can be undone for {UNDONE_FOR.days} days, and these are over."
    if action.is_consent and user.pk != change.created_by_id and user.role not in (Role.ADMIN, Role.OWNER):
        return "It says who may be written to: whoever did it can undo it, or an admin or owner."
    return ""


def words(change: BulkChange) -> str:
    return EVERY[change.action].words(change.options)
