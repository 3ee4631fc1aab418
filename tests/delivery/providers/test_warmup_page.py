"""What a person sees of lanes that were slowed and of plans that warm up, and what they may do about it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from delivery.ledger import progress
from delivery.models import Batch, Chunk, LanePace, MinuteCount, Provider, WarmupPlan
from delivery.policy import warmup
from delivery.throttling import lane_rates, limits, warmup_plans


@pytest.fixture
def provider(db: None) -> Provider:
    return Provider.objects.create(name="Relay", host="127.0.0.1", port=2599)


@pytest.fixture
def browser(admin: Any, client_for: Any) -> Client:
    client: Client = client_for(admin)
    return client


def sending(provider: Provider, people: int, **changes: Any) -> Batch:
    options = {"state": "sending", "content_kind": "test", "content_id": 1, "rehearsal": False, "total": people}
    batch = Batch.objects.create(**{**options, "provider": provider, **changes})
    for lane, n in (("gmail", people - people // 2), ("yahoo", people // 2)):
        Chunk.objects.create(batch=batch, lane=lane, first_id=1, last_id=n, size=n, pending=n)
    return batch


def page(browser: Client, address: str) -> str:
    return " ".join(browser.get(address).content.decode().split())


def test_plan_is_started_held_resumed_and_ended(browser: Client, provider: Provider) -> None:
    form = {"provider": provider.pk, "caps": "50, 100, 1,000"}
    assert "50 of 50" not in page(browser, "/providers/warm-up/")
    response = browser.post("/providers/warm-up/", {**form, "caps": "50 100 1000"})
    assert response.status_code == 302
    plan = WarmupPlan.objects.get()
    assert plan.caps == [50, 100, 1000]
    assert "Day 1 of 3" in page(browser, "/providers/warm-up/")
    assert browser.post("/providers/warm-up/", form).status_code == 422, "it is warming up already"
    for action, state in (("hold", "held"), ("resume", "active"), ("end", "ended")):
        browser.post(f"/providers/warm-up/{plan.pk}/{action}/")
        plan.refresh_from_db()
        assert plan.state == state
    assert browser.post(f"/providers/warm-up/{plan.pk}/hold/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"caps": "50"},
        {"caps": "none", "sender_domain": "news.example.org"},
        {"caps": "0 50", "sender_domain": "news.example.org"},
        {"caps": "50", "sender_domain": "not a domain"},
    ],
)
def test_plan_of_nothing_or_of_no_numbers_is_refused(browser: Client, db: None, wrong: dict[str, str]) -> None:
    assert browser.post("/providers/warm-up/", wrong).status_code == 422
    assert not WarmupPlan.objects.exists()


def test_page_says_why_the_day_did_not_bring_more(browser: Client, provider: Provider) -> None:
    plan = warmup_plans.start(provider=provider, caps=warmup.CONSERVATIVE)
    WarmupPlan.objects.update(used=20, today=plan.today - timedelta(1))
    warmup_plans.turn_days()
    shown = page(browser, "/providers/warm-up/")
    assert "20 of 50 were sent: less than half, too few to learn from." in shown
    assert "Next: the same." in shown


def test_provider_page_says_who_asked_for_less(browser: Client, provider: Provider) -> None:
    LanePace.objects.create(provider=provider, lane="gmail", rate=12, words="421 <b>slow</b>")
    shown = page(browser, f"/providers/{provider.pk}/")
    assert "Gmail asks us to slow down, about 12 a minute leave." in shown
    assert "421 &lt;b&gt;slow" in shown


def test_of_a_campaign_the_people_who_wait_are_counted(provider: Provider) -> None:
    batch = sending(provider, 2408)
    until = timezone.now() + timedelta(hours=1)
    LanePace.objects.create(provider=provider, lane="yahoo", held_until=until)
    LanePace.objects.create(provider=provider, lane="apple", held_until=until)
    LanePace.objects.create(provider=provider, lane="gmail", held_until=timezone.now())
    assert [(lane.name, lane.people, lane.next_try_at) for lane in lane_rates.slowed(provider, batch)] == [
        ("Yahoo", 1204, until)
    ]


def test_campaign_that_warms_up_says_on_which_day_it_is_through(provider: Provider) -> None:
    warmup_plans.start(sender_domain="news.example.org", caps=[50, 100, 200, 400])
    WarmupPlan.objects.update(day=3, used=150)
    batch = sending(provider, 500, sender_domain="news.example.org", speed=0)
    found = progress(batch)
    assert found.outlook
    assert found.outlook.days == 2
    assert [people for _, people in found.outlook.dated] == [50, 400, 50]
    assert found.finishes_at
    assert timezone.now() + timedelta(days=1) <= found.finishes_at <= timezone.now() + timedelta(days=2)


def test_campaign_within_a_day_limit_takes_whole_days(provider: Provider) -> None:
    provider.per_day = 1000
    provider.save()
    MinuteCount.objects.create(provider=provider, minute=timezone.now() - timedelta(hours=3), count=600)
    batch = sending(provider, 1500, speed=50)
    seconds = progress(batch).seconds_left
    assert seconds == pytest.approx(2 * 86400 - 3 * 3600, abs=120), "400 now, 600 and 500 as room comes"


def test_what_the_hour_still_allows_takes_no_longer(provider: Provider) -> None:
    provider.per_hour = 1000
    with connection.cursor() as cursor:
        assert limits.seconds_by_quota(cursor, provider, 1000) == 0
        assert limits.seconds_by_quota(cursor, provider, 1001) == 3600
