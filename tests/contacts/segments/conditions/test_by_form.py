"""Who signed up by which form."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import SignupForm, SignupRequest
from contacts.signup import sweeping
from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_who_came_by_which_form() -> None:
    news, fair = (SignupForm.objects.create(name=name) for name in ("News", "Fair"))
    for name, form, state in (("ana", news, "confirmed"), ("bo", fair, "confirmed"), ("cy", news, "expired")):
        email = f"{name}@example.com"
        now = timezone.now()
        SignupRequest.objects.create(
            form=form, email=email, key=email, state=state, contact=person(name), asked_at=now, expires_at=now
        )
    assert who("form", how="by", form=str(news.pk)) == {"ana"}
    assert who("form", how="by", form="any") == {"ana", "bo"}
    assert who("form", how="not", form=str(news.pk)) == {"bo", "cy"}
    sweeping.sweep(now + timedelta(days=60))
    assert who("form", how="by", form=str(news.pk)) == {"ana"}
    assert who("form", how="by", form="any") == {"ana", "bo"}
    assert who("form", how="not", form=str(news.pk)) == {"bo", "cy"}
