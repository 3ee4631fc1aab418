"""Old mails go: beyond the number and the age that their mailbox keeps, and those of a mailbox that is no more."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from delivery.models import SandboxMail
from delivery.sandbox.mailboxes.models import OWN, SandboxMailbox

ROWS = 2_000

log = logging.getLogger(__name__)


def sweep() -> int:
    removed = sum(
        _sweep(mailbox) for mailbox in [SandboxMailbox.objects.own(), *SandboxMailbox.objects.exclude(pk=OWN)]
    )
    removed += _repeat(_ORPHANED, [])
    if removed:
        log.info("The sandbox swept out %d old mails", removed)
    return removed


def empty(mailbox: SandboxMailbox, up_to_id: int) -> int:
    """All that came before that one, and itself."""
    return _repeat(_UP_TO, [mailbox.pk, up_to_id])


def _sweep(mailbox: SandboxMailbox) -> int:
    newest_first = SandboxMail.objects.filter(mailbox=mailbox).order_by("-id").values_list("id", flat=True)
    last_id = next(iter(newest_first[mailbox.keep_mails : mailbox.keep_mails + 1]), 0)
    removed = _repeat(_UP_TO, [mailbox.pk, last_id]) if last_id else 0
    return removed + _repeat(_OLD, [mailbox.pk, timezone.now() - timedelta(days=mailbox.keep_days)])


def _repeat(statement: str, values: Sequence[int | datetime]) -> int:
    """In slices, so that a sweep never holds up what arrives."""
    removed = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(statement, values)
            count: int = cursor.rowcount
            removed += count
            if count < ROWS:
                return removed


_UP_TO = f"""
DELETE FROM delivery_sandboxmail WHERE id IN (
    SELECT id FROM delivery_sandboxmail WHERE mailbox_id = %s AND id <= %s ORDER BY id LIMIT {ROWS})
"""  # noqa: S608  # a number of ours
# They came in the order of their ids: only the oldest are looked at.
_OLD = f"""
DELETE FROM delivery_sandboxmail WHERE id IN (
    SELECT id FROM (
        SELECT id, received_at FROM delivery_sandboxmail WHERE mailbox_id = %s ORDER BY id LIMIT {ROWS}) oldest
    WHERE received_at < %s)
"""  # noqa: S608
# A loose index scan: one look for each mailbox that has mails, not one for each mail.
_ORPHANED = f"""
WITH RECURSIVE used AS (
    (SELECT mailbox_id FROM delivery_sandboxmail ORDER BY mailbox_id LIMIT 1)
    UNION ALL
    SELECT (SELECT mailbox_id FROM delivery_sandboxmail m WHERE m.mailbox_id > used.mailbox_id
            ORDER BY mailbox_id LIMIT 1) FROM used WHERE used.mailbox_id IS NOT NULL)
DELETE FROM delivery_sandboxmail WHERE id IN (
    SELECT m.id FROM delivery_sandboxmail m JOIN used ON used.mailbox_id = m.mailbox_id
    WHERE m.mailbox_id <> 0 AND NOT EXISTS (SELECT 1 FROM delivery_sandboxmailbox b WHERE b.id = m.mailbox_id)
    LIMIT {ROWS})
"""  # noqa: S608
