"""What came back by the hour equals the messages that stand where, of all batches that count in trends."""

from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.db.models import Sum

from delivery.feedback import by_hour
from delivery.models import Batch, Feedback, FeedbackCount, FeedbackHour, Term
from tests.delivery.feedback.returned import bounce, full, hand_in, mailed, report

pytestmark = pytest.mark.django_db


def by_the_hour() -> dict[tuple[datetime, Term], int]:
    counts = [(row.hour, term, getattr(row, term.counter)) for row in FeedbackHour.objects.all() for term in Term]
    return {(hour, term): count for hour, term, count in counts if count}


def standing() -> dict[tuple[datetime, Term], int]:
    found: dict[tuple[datetime, Term], int] = {}
    for row in Feedback.objects.filter(batch__rehearsal=False, batch__stream=Batch.Stream.MARKETING):
        key = (row.at.replace(minute=0, second=0, microsecond=0), Term(row.term))
        found[key] = found.get(key, 0) + 1
    return found


def test_bounces_and_complaints_stand_in_the_hour_they_came() -> None:
    hand_in(bounce(mailed()))
    hand_in(report(mailed(email="ben@example.org")))
    hand_in(bounce(mailed(rehearsal=True, email="cleo@example.org")))
    hand_in(bounce(mailed(stream="transactional", email="dora@example.org")))
    assert by_the_hour() == standing()
    assert sorted(by_the_hour().values()) == [1, 1]


def test_heavier_word_moves_a_message_to_the_hour_of_that_word() -> None:
    message = mailed()
    hand_in(full(message))
    earlier = timedelta(hours=5)
    Feedback.objects.update(at=Feedback.objects.get().at - earlier)
    FeedbackHour.objects.update(hour=FeedbackHour.objects.get().hour - earlier)
    hand_in(bounce(message))
    assert by_the_hour() == standing()
    assert [term for _, term in by_the_hour()] == [Term.HARD]
    of_batch = FeedbackCount.objects.aggregate(soft=Sum("soft"), hard=Sum("hard"))
    assert FeedbackHour.objects.aggregate(soft=Sum("soft"), hard=Sum("hard")) == of_batch


def test_installation_that_is_updated_finds_what_came_back_before() -> None:
    message = mailed()
    hand_in(full(message))
    hand_in(report(mailed(email="ben@example.org")))
    FeedbackHour.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("delivery.migrations.0025_sums_by_hour").FROM_FEEDBACK)
    assert by_the_hour() == standing() != {}
    by_hour.recount()
    assert by_the_hour() == standing()
    by_hour.forget([message.batch_id])
    assert [term for _, term in by_the_hour()] == [Term.COMPLAINED]
