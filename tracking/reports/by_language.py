"""A mail in several languages: who got which, and what they did."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from django.db import connection
from django.db.models import Sum
from redis.exceptions import RedisError

from contacts.guessing import languages
from delivery import ledger
from delivery.models import Batch, MessageState
from tracking.models import Breakdown, EventKind

_KEPT_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """`people`: to whom it was to go. `accepted` is None while it is being sent."""

    code: str
    name: str
    people: int
    accepted: int | None
    clicked: int
    opened: int
    unsubscribed: int

    @property
    def click_share(self) -> float | None:
        return self.clicked / self.accepted if self.clicked and self.accepted else None


def rows(batches: Sequence[Batch]) -> list[LanguageRow]:
    """In the order of the languages; empty for mails in one language, and over several mails."""
    if len(batches) != 1 or not batches[0].languages:
        return []
    (batch,) = batches
    people = Breakdown.objects.filter(batch=batch, by=Breakdown.By.LANGUAGE, is_machine=False)
    did = {(value, kind): n for value, kind, n in people.values_list("value", "kind").annotate(sum=Sum("people"))}
    accepted = _accepted(batch)
    return [
        LanguageRow(
            code,
            languages.name_of(code),
            batch.people_by_language.get(code, 0),
            None if accepted is None else accepted.get(code, 0),
            did.get((code, EventKind.CLICK), 0),
            did.get((code, EventKind.OPEN), 0),
            did.get((code, EventKind.UNSUBSCRIBE), 0),
        )
        for code in batch.languages
    ]


def _accepted(batch: Batch) -> dict[str, int] | None:
    """Counted once for each number of accepted messages, and not while that number changes all the time."""
    tally = ledger.tally(batch)
    if tally.waiting and batch.state == Batch.State.SENDING:
        return None
    with suppress(RedisError):  # then it is counted each time
        key = f"accepted-by-language:{batch.pk}:{tally.accepted}"
        return cast("dict[str, int]", cache.get_or_set(key, lambda: _count_accepted(batch), _KEPT_SECONDS))
    return _count_accepted(batch)


def _count_accepted(batch: Batch) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPTED, [batch.pk, batch.first_id or 0, batch.last_id or 0])
        return dict(cursor.fetchall())


_ACCEPTED = f"""
SELECT language, count(*) FROM delivery_message
WHERE batch_id = %s AND id BETWEEN %s AND %s AND state = {MessageState.ACCEPTED} GROUP BY 1
"""  # noqa: S608
