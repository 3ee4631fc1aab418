"""How many people a table is about, at once: counted out where that is quick, else as PostgreSQL estimates it."""

import json
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.wording import count_people
from contacts.segments.measuring import TooSlow, within

EXACT_TO = 20_000
_PATIENCE_MS = 100
_PATIENCE_WITH_FEW_MS = 2_000  # who has few people knows how many: an estimate that is far off is seen at once


def in_words(found: "QuerySet[Any, Any]") -> str:
    """ "12,014 people", "~1,200,000 people"."""
    number, is_exact = _counted(found)
    return f"{'' if is_exact else '~'}{count_people(number)}"


def _counted(found: "QuerySet[Any, Any]") -> tuple[int, bool]:
    found = found.order_by()
    try:
        with within(_patience_ms(found)):
            number = found.values("pk")[: EXACT_TO + 1].count()
    except TooSlow:
        return _estimate(found), False
    return (number, True) if number <= EXACT_TO else (max(_estimate(found), EXACT_TO), False)


def _patience_ms(found: "QuerySet[Any, Any]") -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [found.model._meta.db_table])
        (rows,) = cursor.fetchone() or (0,)
    return _PATIENCE_MS if rows > EXACT_TO else _PATIENCE_WITH_FEW_MS


def _estimate(found: "QuerySet[Any, Any]") -> int:
    """Two leading digits, so that nobody takes it for a count."""
    number = int(json.loads(found.values("pk").explain(format="json"))[0]["Plan"]["Plan Rows"])
    step = 10 ** max(0, len(str(number)) - 2)
    return int(round(number / step) * step)
