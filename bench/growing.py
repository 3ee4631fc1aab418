"""A year of the demo, written by the product's own code, multiplied: every person, mail and act as many times over,
under numbers of its own, and every sum as many times as large. So they agree at any size, if they did at the first.

All in bulk: copies are read and written by COPY, sums multiplied in place.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

# Columns of a copy that differ; `t` is the row that is copied, `k` the number of the copy.
_CONTACT = "t.contact_id + k * (SELECT span FROM grown_people)"
_MESSAGE = "b.first + (k - 1) * b.n + m.n"
_OF_MESSAGE = "JOIN grown_message m ON m.id = t.message_id JOIN grown_batch b ON b.id = m.batch_id"
_EMAIL = "'c' || k || '.' || t.email"

_SUMS: dict[str, tuple[str, ...]] = {
    "delivery_batch": (
        *("total", "accepted", "pending", "deferred", "refused", "uncertain", "skipped", "hard", "blocked"),
        *("accepted_when_paused", "speed_done"),
    ),
    "delivery_feedbackcount": ("delivered", "soft", "hard", "complained", "blocked"),
    "delivery_feedbackhour": ("delivered", "soft", "hard", "complained"),
    "tracking_rollup": ("total", "people"),
    "tracking_breakdown": ("total", "people"),
    "tracking_hourly": ("total", "people"),
    "tracking_cohort": ("mailed", "clicked"),
    "contacts_audienceday": ("joined", "unsubscribed", "bounced", "complained", "blocked"),
    "contacts_headcount": ("people",),
    "contacts_listday": ("joined", "back", "unsubscribed", "deleted", "lost"),
}
_COUNTERS = ("accepted", "pending", "deferred", "refused", "uncertain", "skipped", "hard", "blocked")
_CHUNK = 500
_ROWS_AT_ONCE = 100_000

Copied = Counter[str]  # rows by table


def grow(times: int) -> Copied:
    """To be called once, on a demo that nobody else is using. What COPY wrote."""
    from django.db import connection, transaction

    copied = Copied()
    if times == 1:
        return copied
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the sums' triggers and foreign keys rest
        cursor.execute("SET LOCAL work_mem = '128MB'")
        _number(cursor, times)
        copied.update(_people(cursor, times))
        copied.update(_mails(cursor, times))
        for table, columns in _SUMS.items():
            cursor.execute(f"UPDATE {table} SET " + ", ".join(f"{name} = {name} * {times}" for name in columns))  # noqa: S608
        cursor.execute(_LEFT_OUT, [times])
        _chunks(cursor, times)
    return copied


def repeat_acts(times: int) -> Copied:
    """Each open and click so many times over, as from people who come back: totals grow, people stay."""
    from django.db import connection, transaction

    copied = Copied()
    if times == 1:
        return copied
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        copied.update(_copy(cursor, "tracking_event", times, {}))
        for table in ("tracking_rollup", "tracking_breakdown", "tracking_hourly"):
            cursor.execute(f"UPDATE {table} SET total = total * {times}")  # noqa: S608
    return copied


def disagreement() -> str:
    """What the ledger's audit, or a recount of events, does not bear out; empty when all adds up."""
    from django.db.models import Sum

    from delivery import ledger
    from delivery.models import Batch
    from tracking.models import Event, Rollup

    for batch in Batch.objects.filter(built_at__isnull=False):
        tally = ledger.audit(batch)
        if tally.unaccounted or Batch.objects.get(pk=batch.pk).audit:
            return f"The ledger does not add up: {tally.words}"
    counted = Event.objects.exclude(verdict="head").exclude(kind=2, link_id=0).count()
    summed = Rollup.objects.filter(link_id=0).aggregate(sum=Sum("total"))["sum"]
    return "" if counted == summed else f"{counted} events, {summed} in the sums."


def _number(cursor: Any, times: int) -> None:
    """Where the copies' numbers begin."""
    from delivery.ledger import ids

    cursor.execute(_NUMBERS)
    cursor.execute("SELECT batch_id, count(*) FROM grown_message GROUP BY 1 ORDER BY 1")
    for batch_id, count in cursor.fetchall():
        first = ids.reserve(count * (times - 1))
        cursor.execute("INSERT INTO grown_batch VALUES (%s, %s, %s)", [batch_id, first, count])
    cursor.execute("ANALYZE grown_message, grown_batch")


def _people(cursor: Any, times: int) -> Copied:
    changes = {"id": "t.id + k * (SELECT span FROM grown_people)", "email": _EMAIL}
    copied = _copy(cursor, "contacts_contact", times, changes)
    agreed = ("contacts_subscription", "contacts_consentevent", "contacts_trackingconsentevent")
    for table in (*agreed, "tracking_mailedmonth", "tracking_lastmailed"):
        copied += _copy(cursor, table, times, {"contact_id": _CONTACT})
    copied += _copy(cursor, "contacts_suppression", times, {"email": _EMAIL, "message_id": "NULL::bigint"})
    copied += _copy(cursor, "delivery_failure", times, {"email": _EMAIL})
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('contacts_contact', 'id'), (SELECT max(id) FROM contacts_contact))"
    )
    return copied


def _mails(cursor: Any, times: int) -> Copied:
    own = {"id": _MESSAGE, "contact_id": _CONTACT, "email": _EMAIL}
    copied = _copy(cursor, "delivery_message", times, own, _OF_MESSAGE.replace("t.message_id", "t.id"))
    for table in ("delivery_waiting", "delivery_attempt", "delivery_feedback", "tracking_engagement", "tracking_event"):
        copied += _copy(cursor, table, times, {"message_id": _MESSAGE}, _OF_MESSAGE)
    returned = {"message_id": _MESSAGE, "contact_id": _CONTACT, "returned_id": "NULL::bigint"}
    copied += _copy(cursor, "delivery_feedbackevent", times, returned, _OF_MESSAGE)
    cursor.execute(
        "UPDATE delivery_batch SET last_id = b.first + %s * b.n - 1 FROM grown_batch b WHERE b.id = delivery_batch.id",
        [times - 1],
    )
    return copied


def _copy(cursor: Any, table: str, times: int, changes: Mapping[str, str], also: str = "") -> Copied:
    """Each row under the numbers of each copy: read by COPY and written by COPY, some copies at once."""
    columns = _columns(cursor, table, list(changes))
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changes.get(name, f't."{name}"') for name in columns)
    cursor.execute(f"CREATE TEMP TABLE grown_base ON COMMIT DROP AS TABLE {table}")
    cursor.execute("SELECT count(*) FROM grown_base")
    step = max(1, _ROWS_AT_ONCE // max(1, cursor.fetchone()[0]))
    rows = 0
    for first in range(1, times, step):
        last = min(times - 1, first + step - 1)
        asked = f"SELECT {values} FROM grown_base t CROSS JOIN generate_series({first}, {last}) k {also}"  # noqa: S608
        with cursor.copy(f"COPY ({asked}) TO STDOUT (FORMAT binary)") as source:
            read = list(source)
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)") as target:
            for piece in read:
                target.write(piece)
        rows += cursor.rowcount
    cursor.execute("DROP TABLE grown_base")
    return Copied({table: rows})


def _columns(cursor: Any, table: str, changed: list[str]) -> list[str]:
    """All but a number that the table gives by itself."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        " AND (is_identity = 'NO' OR column_name = ANY(%s)) ORDER BY ordinal_position",
        [table, changed],
    )
    return [row[0] for row in cursor.fetchall()]


def _chunks(cursor: Any, times: int) -> None:
    """As many as a campaign of that size would have, not as many times as many."""
    counted = ("size", *_COUNTERS)
    names = ", ".join(counted)
    summed = ", ".join(f"sum({name})::bigint AS {name}" for name in counted)
    shares = ", ".join(f"s.{name} * {times} * (k + 1) / parts - s.{name} * {times} * k / parts" for name in counted)
    cursor.execute(
        f"""
        WITH gone AS (DELETE FROM delivery_chunk RETURNING *), lane AS (
            SELECT batch_id, lane, is_done, {summed} FROM gone GROUP BY 1, 2, 3
        ), sized AS (
            SELECT *, greatest(1, round(size * {times} / {_CHUNK}.0))::bigint AS parts FROM lane
        ), made AS (
            INSERT INTO delivery_chunk (batch_id, lane, is_done, first_id, last_id, {names})
            SELECT s.batch_id, s.lane, s.is_done, b.first_id, b.first_id, {shares}
            FROM sized s JOIN delivery_batch b ON b.id = s.batch_id CROSS JOIN generate_series(0, parts - 1) k
            RETURNING id, is_done
        )
        INSERT INTO tracking_foldedchunk (chunk_id, in_cohorts) SELECT id, true FROM made WHERE is_done
        """  # noqa: S608
    )


_NUMBERS = """
CREATE TEMP TABLE grown_people ON COMMIT DROP AS SELECT max(id) AS span FROM contacts_contact;
CREATE TEMP TABLE grown_message ON COMMIT DROP AS
    SELECT id, batch_id, row_number() OVER (PARTITION BY batch_id ORDER BY id) - 1 AS n FROM delivery_message;
CREATE TEMP TABLE grown_batch (id bigint, first bigint, n bigint) ON COMMIT DROP;
"""
_LEFT_OUT = """
UPDATE delivery_batch SET left_out = (
    SELECT coalesce(jsonb_object_agg(key, value::bigint * %s), '{}') FROM jsonb_each_text(left_out))
"""
