"""Lists, by how somebody stands on them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import MailingList, Subscription
from tests.contacts.segments.asked import person, who

pytestmark = pytest.mark.django_db


def test_lists_by_state() -> None:
    news, events = MailingList.objects.create(name="News"), MailingList.objects.create(name="Events")
    for name, one, state in (
        ("in", news, "subscribed"),
        ("left", news, "unsubscribed"),
        ("waits", news, "unconfirmed"),
        ("other", events, "subscribed"),
    ):
        Subscription.objects.create(contact=person(name), list=one, state=state)
    person("nowhere")
    assert who("list", how="subscribed", list=str(news.pk)) == {"in"}
    assert who("list", how="unsubscribed", list=str(news.pk)) == {"left"}
    assert who("list", how="on", list=str(news.pk)) == {"in", "left", "waits"}
    assert who("list", how="off", list=str(news.pk)) == {"other", "nowhere"}
    assert who("list", how="subscribed", list="any") == {"in", "other"}
    assert who("list", how="off", list="any") == {"nowhere"}


def test_consent_that_ended_is_told_from_consent_that_holds() -> None:
    news = MailingList.objects.create(name="News")
    for name, days in (("holds", 5), ("ended", -5), ("lasting", None)):
        ends = None if days is None else timezone.now() + timedelta(days=days)
        Subscription.objects.create(contact=person(name), list=news, state="subscribed", expires_at=ends)
    assert who("list", how="open", list=str(news.pk)) == {"holds", "lasting"}
    assert who("list", how="ended", list="any") == {"ended"}
