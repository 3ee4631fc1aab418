"""Campaigns that take longer than a day, day by day: noted how each stands as a day begins
in the organisation's time zone.

A campaign within a limit of 500 a day takes months. Counted as a whole, the complaints of these weeks would vanish
among the mails of all of them; counted where it began, they would be forgotten as it ends or is paused for them.
"""

from dataclasses import fields
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import Organisation
from delivery.models import LaneDay
from delivery.policy.advice import Figures

_KEPT = timedelta(days=100)  # the longest look back is of 90 days


def note() -> None:
    """Where every campaign that began before today stands. The first call of a day counts, others do nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"zone": Organisation.zone()})


def forget_old() -> None:
    LaneDay.objects.filter(on__lt=timezone.now() - _KEPT).delete()


FIGURES = ", ".join(each.name for each in fields(Figures))  # SQL: columns, of STANDING and of LaneDay
BEGINS = "({}::timestamp AT TIME ZONE %(zone)s)"  # SQL: when a day begins
# SQL: sums by batch and lane of the batches in the CTE `recent` (id).
STANDING = """
answered AS (
    SELECT c.batch_id, c.lane, sum(c.accepted) AS accepted, sum(c.refused) AS refused, sum(c.hard) AS hard,
        sum(c.blocked) AS blocked, sum(c.deferred) AS deferred
    FROM delivery_chunk c JOIN recent ON recent.id = c.batch_id GROUP BY 1, 2
), returned AS (
    SELECT f.* FROM delivery_feedbackcount f JOIN recent ON recent.id = f.batch_id
), standing AS (
    SELECT batch_id, lane, coalesce(a.accepted, 0) AS accepted, coalesce(a.refused, 0) AS refused,
        coalesce(f.hard, 0) AS hard, coalesce(f.soft, 0) AS soft, coalesce(f.complained, 0) AS complained,
        coalesce(a.hard, 0) + coalesce(f.hard, 0) AS dead, coalesce(a.blocked, 0) + coalesce(f.blocked, 0) AS blocked,
        coalesce(a.deferred, 0) AS put_off
    FROM answered a FULL JOIN returned f USING (batch_id, lane)
)
"""
_TODAY = "(now() AT TIME ZONE %(zone)s)::date"
_NOTE = f"""
WITH recent AS (
    SELECT id FROM delivery_batch b
    WHERE finished_at IS NULL AND NOT rehearsal AND NOT is_test AND started_at < {BEGINS.format(_TODAY)}
        AND NOT EXISTS (SELECT 1 FROM delivery_laneday d WHERE d.batch_id = b.id AND d."on" = {_TODAY})
), {STANDING}
INSERT INTO delivery_laneday (batch_id, lane, "on", {FIGURES})
SELECT batch_id, lane, {_TODAY}, {FIGURES} FROM standing
ON CONFLICT DO NOTHING
"""  # noqa: S608
