"""Mails of two contacts that become one: nobody gets the same sending twice, and nobody is left out.

Of one sending that person keeps both rows, so that its numbers add up. What left, left. What is still to be sent goes
once: to the address that stays; the other row is marked, and skipped when its turn comes. Only rows of chunks that no
worker holds are changed, so what a worker has read is what it sends. See docs/decisions/merging.md.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection

from accounts.database import locks
from contacts.merging import registry
from contacts.merging.registry import Busy, Pair, Part, Record
from delivery.models import Batch, MessageState

_OPEN = (MessageState.PENDING, MessageState.DEFERRED)
_MAY_HAVE_IT = (MessageState.ACCEPTED, MessageState.UNCERTAIN)
_NOT_AVAILABLE = "55P03"


def register() -> None:
    registry.register(Part("mails", _move, _restore), registry.rows_of("delivery_feedbackevent"))


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    batch_id: int
    sending: str  # what a person gets once of: batches of one group
    state: int
    contact_id: int
    is_marked: bool  # by an earlier merge, whose mark an Undo of this one leaves

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN


def _move(pair: Pair) -> Record:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [[pair.gone_id, pair.kept_id]])
        found = [_Row(*row) for row in cursor.fetchall()]
        gone = [row for row in found if row.contact_id == pair.gone_id]
        kept = [row for row in found if row.contact_id == pair.kept_id]
        marked, readdressed = _decide(gone, kept)
        changed = {row.id for row in found if row.is_open} & {*marked, *readdressed}
        _take(cursor, changed, pair)
        values: dict[str, Any] = {"marked": marked, "readdressed": readdressed, "email": pair.kept_email}
        values |= {"kept": pair.kept_id, "ids": sorted({*(row.id for row in gone), *marked})}
        cursor.execute(_CHANGE, values)
    return {"gone": [row.id for row in gone], "marked": marked, "readdressed": readdressed}


def _decide(gone: Sequence[_Row], kept: Sequence[_Row]) -> tuple[list[int], list[int]]:
    """Rows to be marked, and open ones that go to the other address."""
    of_kept = {row.sending for row in kept}
    in_batches = {row.batch_id for row in kept}
    has_it = {row.sending for row in gone if row.state in _MAY_HAVE_IT}
    marked = [row.id for row in gone if row.batch_id in in_batches or (row.is_open and row.sending in of_kept)]
    marked += [row.id for row in kept if row.is_open and row.sending in has_it]
    before = {row.id for row in (*gone, *kept) if row.is_marked}
    readdressed = [row.id for row in gone if row.is_open and row.sending not in of_kept]
    return [one for one in marked if one not in before], [one for one in readdressed if one not in before]


def _restore(pair: Pair, record: Record) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [[pair.gone_id, pair.kept_id]])
        ids = {*record["gone"], *record["marked"]}
        still_open = {row.id for row in map(_unpacked, cursor.fetchall()) if row.is_open and row.id in ids}
        _take(cursor, still_open, pair)
        values = {**record, "id_of_gone": pair.gone_id, "email": pair.gone_email, "kept": pair.kept_id}
        cursor.execute(_CHANGE_BACK, values | {"open": [int(state) for state in _OPEN]})


def _unpacked(row: Sequence[Any]) -> _Row:
    return _Row(*row)


def _take(cursor: Any, message_ids: Collection[int], pair: Pair) -> None:
    """No worker may hold these until the transaction ends. Raises Busy if one does."""
    if not message_ids:
        return
    try:
        cursor.execute(_CHUNKS, [sorted(message_ids)])
        is_held = any(owner is not None for (owner,) in cursor.fetchall())
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", "") != _NOT_AVAILABLE:
            raise
        is_held = True
    if is_held:
        raise Busy(
            f"A mail to {pair.gone_email} or {pair.kept_email} is leaving this very moment. Nothing was changed."
            " Try again in a few seconds, or pause the campaign first."
        )


def settle_built(cursor: Any, batch: Batch) -> None:
    """Of an audience that was drawn before somebody in it was merged. In the transaction that ends the building, and
    before any chunk of it can be taken."""
    locks.share(cursor, locks.Kind.MERGING)
    cursor.execute(_SETTLE, {"batch": batch.pk, "first": batch.first_id, "last": batch.last_id})


def has_another(message: str) -> str:
    """SQL: the person of a marked message has the same sending by another one, which was not skipped."""
    return (
        f"EXISTS (SELECT 1 FROM delivery_message o JOIN delivery_batch ob ON ob.id = o.batch_id"  # noqa: S608
        f" JOIN delivery_batch mb ON mb.id = {message}.batch_id WHERE o.contact_id = {message}.contact_id"
        f" AND o.id <> {message}.id AND o.state <> {MessageState.SKIPPED} AND {_SENDING.format('ob')}"
        f" = {_SENDING.format('mb')})"
    )


# What a person gets once of. Rehearsals and real mail of one campaign are two sendings.
_SENDING = (
    "CASE WHEN {0}.stream = 'marketing' AND {0}.\"group\" <> '' THEN {0}.\"group\" || ' ' || {0}.rehearsal"
    " ELSE {0}.id::text END"
)
# Locked by one statement, in one order.
_ROWS = f"""
SELECT m.id, m.batch_id, {_SENDING.format("b")}, m.state, m.contact_id, m.is_merged
FROM delivery_message m JOIN delivery_batch b ON b.id = m.batch_id
WHERE m.contact_id = ANY(%s) ORDER BY m.id FOR NO KEY UPDATE OF m
"""  # noqa: S608
_CHANGE = """
UPDATE delivery_message SET contact_id = %(kept)s, is_merged = is_merged OR id = ANY(%(marked)s::bigint[]),
    email = CASE WHEN id = ANY(%(readdressed)s::bigint[]) THEN %(email)s ELSE email END
WHERE id = ANY(%(ids)s::bigint[])
"""
_CHANGE_BACK = """
UPDATE delivery_message
SET contact_id = CASE WHEN id = ANY(%(gone)s::bigint[]) THEN %(id_of_gone)s ELSE contact_id END,
    is_merged = is_merged AND NOT id = ANY(%(marked)s::bigint[]),
    email = CASE WHEN id = ANY(%(readdressed)s::bigint[]) AND state = ANY(%(open)s) THEN %(email)s ELSE email END
WHERE contact_id = %(kept)s AND (id = ANY(%(gone)s::bigint[]) OR id = ANY(%(marked)s::bigint[]))
"""
# A deferred message is in no worker's hands; gathered for its next try it is pending, in a chunk of its own.
_CHUNKS = f"""
SELECT c.owner FROM delivery_message m JOIN delivery_chunk c ON c.batch_id = m.batch_id AND NOT c.is_done
    AND (m.id = ANY(c.ids) OR m.attempts = 0 AND m.id BETWEEN c.first_id AND c.last_id)
WHERE m.id = ANY(%s) AND m.state = {MessageState.PENDING} FOR UPDATE OF c NOWAIT
"""  # noqa: S608  # a number of an enum
_SETTLE = """
WITH found AS (
    SELECT m.id, g.contact_id, c.email,
        row_number() OVER (PARTITION BY g.contact_id ORDER BY m.id) > 1 OR EXISTS (
            SELECT 1 FROM delivery_message o WHERE o.contact_id = g.contact_id AND o.batch_id = %(batch)s
            AND o.id BETWEEN %(first)s AND %(last)s) AS is_second
    FROM contacts_merge g JOIN contacts_contact c ON c.id = g.contact_id
    JOIN delivery_message m ON m.contact_id = g.gone_id
    WHERE g.at > now() - interval '1 day' AND m.batch_id = %(batch)s AND m.id BETWEEN %(first)s AND %(last)s
)
UPDATE delivery_message m SET contact_id = found.contact_id, is_merged = is_second,
    email = CASE WHEN is_second THEN m.email ELSE found.email END
FROM found WHERE m.id = found.id
"""
