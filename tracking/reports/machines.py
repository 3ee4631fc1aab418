"""Who the machines were, in words and numbers, and for whom nobody but machines opened."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Sum

from delivery.models import Batch
from tracking.models import Breakdown, EventKind
from tracking.reports.narrowing import Narrowing
from tracking.scoring import verdicts

ALONE = "machines-alone"
ALONE_LABEL = "Opened by machines alone"
COUNTED_AT_MOST = 10_000  # people of a chip: counting stops there

DEFINITION = (
    "Programs that loaded a mail’s pictures or followed its links without anybody: by their own names, by where they"
    " come from, by their haste. Each mail counts once, under what gave the first of them away. What proves a program"
    " later moves what was counted before."
)


@dataclass(frozen=True, slots=True)
class MachineRow:
    """Mails that were opened, and in which links were followed, for one reason to take it for a machine's."""

    words: str
    opened: int
    clicked: int
    times: int


def rows(batch_ids: Collection[int]) -> list[MachineRow]:
    """The most frequent first."""
    kinds = (EventKind.OPEN, EventKind.CLICK)
    found = Breakdown.objects.filter(batch_id__in=batch_ids, by=Breakdown.By.VERDICT, kind__in=kinds)
    sums: dict[str, dict[int, tuple[int, int]]] = {}
    for verdict, kind, people, total in found.values_list("value", "kind").annotate(Sum("people"), Sum("total")):
        if total > 0:
            sums.setdefault(verdict, {})[kind] = (people, total)
    made = [
        MachineRow(
            words=_sentence(verdicts.words(verdict)),
            opened=of.get(EventKind.OPEN, (0, 0))[0],
            clicked=of.get(EventKind.CLICK, (0, 0))[0],
            times=sum(total for _, total in of.values()),
        )
        for verdict, of in sums.items()
    ]
    return sorted(made, key=lambda row: (-row.times, row.words))


def alone(
    batch: Batch, narrowing: Narrowing, *, after: int, limit: int
) -> list[tuple[int, int | None, str, int, datetime]]:
    """Message, contact, address, attempts and first opening of mails that machines opened and no person did anything
    with: whoever resends to those who have not opened means them, too."""
    with connection.cursor() as cursor:
        values = {"batch": batch.pk, "after": after, "limit": limit} | narrowing.values
        narrowed = narrowing.where(email="m.email", at="a.first_at")
        cursor.execute(f"{_ALONE} WHERE true{narrowed} ORDER BY m.id LIMIT %(limit)s", values)
        return list(cursor.fetchall())


def count_alone(batch_id: int) -> int:
    """Up to COUNTED_AT_MOST."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 {_WHO} LIMIT %(limit)s) found",  # noqa: S608
            {"batch": batch_id, "after": 0, "limit": COUNTED_AT_MOST},
        )
        (count,) = cursor.fetchone() or (0,)
    return int(count)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


_WHO = f"""
FROM tracking_engagement e
WHERE e.batch_id = %(batch)s AND e.kind = {EventKind.OPEN} AND e.link_id = 0 AND e.is_machine
AND e.message_id > %(after)s AND NOT EXISTS (
    SELECT 1 FROM tracking_engagement h WHERE h.message_id = e.message_id AND NOT h.is_machine
    AND h.kind IN ({EventKind.OPEN}, {EventKind.CLICK}))
"""  # noqa: S608
_ALONE = f"""
SELECT m.id, m.contact_id, m.email, m.attempts, a.first_at
FROM (SELECT e.message_id, e.first_at {_WHO} ORDER BY e.message_id) a JOIN delivery_message m ON m.id = a.message_id
"""  # noqa: S608
