"""Consent that ends soon."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import MailingList, Subscription
from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_whose_consent_ends_within_days() -> None:
    """Neither consent without an end, nor what ended already, nor that of who left is about to end."""
    news, events = MailingList.objects.create(name="News"), MailingList.objects.create(name="Events")
    for name, one, state, days in (
        ("soon", news, "subscribed", 5),
        ("later", news, "subscribed", 50),
        ("other", events, "subscribed", 5),
        ("over", news, "subscribed", -5),
        ("left", news, "unsubscribed", 5),
        ("lasting", news, "subscribed", None),
    ):
        ends = None if days is None else timezone.now() + timedelta(days=days)
        Subscription.objects.create(contact=person(name), list=one, state=state, expires_at=ends)
    person("nowhere")
    assert who("consent-ends", days="30", list=str(news.pk)) == {"soon"}
    assert who("consent-ends", days="30", list="any") == {"soon", "other"}
    assert who("consent-ends", days="60", list=str(news.pk)) == {"soon", "later"}
