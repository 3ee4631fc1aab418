"""The health card: figures, limits, the last error, and draining by its button."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from delivery.models import Attempt, Batch, Breaker, Chunk, MinuteCount, Provider, ProviderHour, Route
from delivery.replies import Category
from delivery.routing import circuits
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


@pytest.mark.parametrize("by", ["smtp", "api"])
def test_the_state_says_why_and_the_servers_words_are_one_click_away(browser: Client, by: str) -> None:
    provider = make(kind=by, service="brevo" if by == "api" else "")
    assert "No test passed yet" in page_of(browser, provider)
    provider.passed_test()
    assert "Ready" in page_of(browser, provider)
    provider.failed_test("The certificate expired.")
    page = page_of(browser, provider)
    assert "Test failed" in page
    assert "The certificate expired." in page_of_list(browser)

    circuits.could_not_connect(provider, "no answer")
    page = page_of(browser, provider)
    assert "Unsteady" in page
    assert "127.0.0.1 cannot be used at the moment: no answer. It is tried again by itself." in page
    circuits.refused(provider, Category.PROVIDER_AUTH, "535 <b>no such user</b>")
    page = page_of(browser, provider)
    assert "Out of order" in page
    assert "127.0.0.1: The provider refused the user name or password" in page
    assert "Enter the password again, then test the connection." in page
    assert "Next try <time" in page
    assert Breaker.objects.get().summary.endswith("It is tried again by itself.")
    Breaker.objects.update(next_try_at=timezone.now() - timedelta(minutes=7))
    for page in (page_of(browser, provider), page_of_list(browser)):
        assert "Next try with the next mail." in page, "no mail has come that could try it"
        assert "Next try <time" not in page
    assert Breaker.objects.get().summary.endswith("It is tried again with the next mail.")
    page = page_of(browser, provider)
    assert one_click_away(page) == ["535 &lt;b&gt;no such user&lt;/b&gt;"]

    provider.pause("Too many people complained.", "552 <i>complaints</i>")
    page = page_of(browser, provider)
    assert "Paused" in page
    assert "Too many people complained." in page
    assert one_click_away(page) == ["552 &lt;i&gt;complaints&lt;/i&gt;"]
    provider.resume()
    circuits.close(provider.pk)
    provider.passed_test()
    page = page_of(browser, provider)
    assert "Ready" in page
    assert one_click_away(page) == []


def page_of_list(browser: Client) -> str:
    return " ".join(browser.get(reverse("providers")).content.decode().split())


def one_click_away(page: str) -> list[str]:
    """What stands folded away under “What the server said”."""
    return re.findall(r"<summary>What the server said</summary>\s?<p[^>]*>\s?<bdi>(.*?)</bdi>", page)


def test_each_outcome_of_the_last_day_is_counted_and_leads_to_the_log(browser: Client) -> None:
    provider = make()
    counts = {"accepted": 40, "deferred": 30, "refused": 20, "uncertain": 10}
    ProviderHour.objects.create(provider=provider, hour=timezone.now(), slot=0, **counts)
    page = page_of(browser, provider)
    for kind, count in counts.items():
        words = "may have arrived" if kind == "uncertain" else kind
        link = f"provider={provider.pk}&amp;kind={kind}"
        assert re.search(rf'href="[^"]*{link}"><strong>{count}</strong> {words}</a>', page), kind


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
    assert one_click_away(page) == ["552 5.2.2 &lt;b&gt;over quota&lt;/b&gt;"]


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
