"""The health card: figures, limits, the last error, and draining by its button."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from delivery.models import Attempt, Batch, Chunk, MinuteCount, Provider, ProviderHour, Route
from delivery.throttling.limits import Limiter, Limits, connect


@pytest.fixture
def browser(admin: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(admin)


def make(name: str = "Relay", **changes: object) -> Provider:
    return Provider.objects.create(name=name, host="127.0.0.1", port=2525, security="none", **changes)


def page_of(browser: Client, provider: Provider) -> str:
    page = browser.get(reverse("provider", args=[provider.pk])).content.decode()
    return " ".join(page.split())


def sending(provider: Provider, people: int, **changes: object) -> Batch:
    given = {"state": "sending", "content_kind": "edition", "content_id": 1, "rehearsal": False, "total": people}
    batch = Batch.objects.create(provider=provider, **given)
    Chunk.objects.create(batch=batch, first_id=1, last_id=people, size=people, pending=people, **changes)
    return batch


def test_a_new_provider_says_that_nothing_was_sent_yet(browser: Client) -> None:
    page = page_of(browser, make())
    assert "nothing was sent through it" in page
    assert "none so far" in page


def test_the_last_day_is_the_sum_of_its_hours_and_slots(browser: Client) -> None:
    provider, now = make(), timezone.now()
    for slot, accepted in enumerate((12_000, 14)):
        ProviderHour.objects.create(
            provider=provider, hour=now, slot=slot, accepted=accepted, accepted_ms=accepted * 300
        )
    ProviderHour.objects.create(provider=provider, hour=now - timedelta(hours=30), slot=0, refused=7)
    page = page_of(browser, provider)
    assert "<strong>12,014</strong> accepted" in page
    assert "<strong>0</strong> refused" in page
    assert "0.3&nbsp;s on average" in page


def test_what_limits_leave_is_said_for_each_window(browser: Client) -> None:
    provider = make(per_second=5, per_hour=1_000, per_day=20_000)
    MinuteCount.objects.create(provider=provider, minute=timezone.now(), count=200)
    MinuteCount.objects.create(provider=provider, minute=timezone.now() - timedelta(hours=3), count=500)
    page = page_of(browser, provider)
    assert "800 left of 1,000 an hour" in page
    assert "19,300 left of 20,000 a day" in page
    assert "the next mail may leave now" in page
    while Limiter(str(provider.pk), Limits(per_second=0.1), connect()).take(1).count:
        pass
    assert "the next mail may leave in" in page_of(browser, provider)


def test_the_last_error_stands_with_the_servers_words_escaped(browser: Client) -> None:
    provider = make()
    batch = sending(provider, 1)
    told = {"batch": batch, "provider": provider, "stage": "RCPT", "code": 552, "enhanced": "5.2.2"}
    Attempt.objects.create(message_id=1, category="mailbox_full", decision="retry", text="<b>over quota</b>", **told)
    Attempt.objects.create(message_id=2, category="accepted", decision="accepted", text="fine", **told)
    page = page_of(browser, provider)
    assert "The mailbox is full." in page
    assert "552 5.2.2 &lt;b&gt;over quota&lt;/b&gt;" in page


def test_draining_says_how_much_is_left_and_where_it_goes(browser: Client) -> None:
    provider, backup = make(), make("Backup")
    Route.objects.create(provider=provider, sender_domain="news.example.org")
    Route.objects.create(provider=backup, sender_domain="news.example.org", position=2)
    carried = sending(provider, 3_000, owner="0" * 32, offered_to=provider.pk)
    Batch.objects.filter(pk=carried.pk).update(sender_domain="news.example.org")
    sending(provider, 40)
    page = page_of(browser, provider)
    assert "3,000 people go on through <bdi>Backup</bdi>." in page
    assert "40 people wait until it is resumed" in page
    browser.post(reverse("provider-drain", args=[provider.pk]))
    page = page_of(browser, provider)
    assert "Being drained" in page
    assert "3,000 mails are in hand" in page
    assert AuditEntry.objects.filter(action="provider.drained").exists()
    Chunk.objects.update(owner=None)
    card = browser.get(reverse("provider-health", args=[provider.pk]), headers={"HX-Request": "true"})
    assert "HX-Refresh" not in card.headers
    Provider.objects.filter(pk=provider.pk).update(state="paused")
    card = browser.get(reverse("provider-health", args=[provider.pk]), headers={"HX-Request": "true"})
    assert card.headers["HX-Refresh"] == "true"
    browser.post(reverse("provider-resume", args=[provider.pk]))
    assert not Provider.objects.get(pk=provider.pk).is_stopped
