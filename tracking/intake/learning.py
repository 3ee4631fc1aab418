"""What readers do proves that their mail arrived: messages whose connection broke before the answer are settled by it.

A program's fetch proves nothing: a scanner may look at a mail that its server then refuses.
"""

from collections.abc import Iterable

from django.db import connection

from delivery import ledger
from delivery.models import MessageState
from tracking.models import EventKind

_BECAUSE = {
    EventKind.OPEN: "It was opened, so it had arrived.",
    EventKind.CLICK: "A link in it was clicked, so it had arrived.",
    EventKind.UNSUBSCRIBE: "Its unsubscribe link was used, so it had arrived.",
    EventKind.COMPLAINT: "It was marked as spam, so it had arrived.",
    EventKind.BOUNCE: "It came back, so nobody has it.",
}


def learn(acts: Iterable[tuple[EventKind, int]]) -> int:
    """Settle what acts of people (kind, message) prove, in the caller's transaction; returns how many."""
    by_kind: dict[EventKind, list[int]] = {}
    for kind, message_id in acts:
        by_kind.setdefault(kind, []).append(message_id)
    # The later kinds say more, and what is settled once is settled.
    return sum(
        ledger.settle_uncertain(
            by_kind[kind],
            as_=MessageState.REFUSED if kind == EventKind.BOUNCE else MessageState.ACCEPTED,
            because=_BECAUSE[kind],
        )
        for kind in sorted(by_kind, reverse=True)
    )


def catch_up() -> int:
    """The same for what was opened or clicked before anybody knew that it was uncertain."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN)
        acts = [(EventKind(kind), message_id) for kind, message_id in cursor.fetchall()]
    return learn(acts)


_KNOWN = f"""
SELECT max(e.kind), w.message_id FROM delivery_batch b
JOIN delivery_waiting w ON w.batch_id = b.id AND w.state = {MessageState.UNCERTAIN}
JOIN tracking_engagement e ON e.message_id = w.message_id AND NOT e.is_machine
WHERE b.finished_at IS NULL OR b.finished_at > now() - interval '7 days'
GROUP BY w.message_id LIMIT 10000
"""  # noqa: S608
