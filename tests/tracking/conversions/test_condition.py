"""Who reached a goal, and when last."""

from datetime import timedelta

import pytest
from django.utils import timezone

from delivery.models import Batch
from tests.contacts.segments.asked import person, who
from tracking.conversions.models import Conversion, Goal

pytestmark = pytest.mark.django_db


def test_who_reached_a_goal_lately_ever_or_never() -> None:
    goal, other = (Goal.objects.create(name=name, sites=["shop.example"]) for name in ("Order", "Visit"))
    real, rehearsed = (
        Batch.objects.create(rehearsal=rehearsal, content_kind="edition", content_id=1) for rehearsal in (False, True)
    )
    for number, (name, of, batch, days, is_taken_back) in enumerate(
        (
            ("lately", goal, real, 3, False),
            ("once", goal, real, 30, False),
            ("returned", goal, real, 3, True),
            ("rehearsed", goal, rehearsed, 3, False),
            ("looked", other, real, 3, False),
        )
    ):
        Conversion.objects.create(
            goal=of,
            at=timezone.now() - timedelta(days=days),
            message_id=number,
            batch_id=batch.pk,
            contact_id=person(name).pk,
            is_taken_back=is_taken_back,
            via=Conversion.Via.PAGE,
        )
    person("nobody")
    asked = {"goal": str(goal.pk)}
    assert who("goal", how="last", days="7", **asked) == {"lately"}
    assert who("goal", how="ever", **asked) == {"lately", "once"}
    assert who("goal", how="never", **asked) == {"returned", "rehearsed", "looked", "nobody"}
