"""What a list says of itself, and what becomes of it when it is archived."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from campaigns.preflight import checklist
from contacts import audience, consent
from contacts.models import Contact, ListDay, MailingList
from contacts.segments import measuring
from delivery.models import Batch, Provider
from tests.conftest import AT_ONCE_MS

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for: Callable[[User], Client], marketer: User) -> Client:
    return client_for(marketer)


def text(response: Any) -> str:
    return str(response.content.decode())


def plain(response: Any) -> str:
    """Without the marks around names that keep their direction."""
    return text(response).replace("\u2068", "").replace("\u2069", "")


def test_a_list_says_who_sees_it_how_one_joins_and_who_writes(browser: Client) -> None:
    data = {
        "name": "Books",
        "public_description": "Four books a month",
        "is_public": "on",
        "opt_in": "single",
        "sender_name": "Ana",
    }
    assert "Enter the address that goes with this name" in text(browser.post("/lists/new/", data))
    browser.post("/lists/new/", data | {"sender_email": "ana@nordlicht.example"})
    books = MailingList.objects.get()
    assert (books.is_public, books.opt_in, list(MailingList.objects.public())) == (True, "single", [books])
    page = text(browser.get(books.get_absolute_url()))
    for words in ("Four books a month", "Everybody who chooses", "At once", "Ana &lt;ana@nordlicht.example&gt;"):
        assert words in page
    browser.post(f"/campaigns/new/?list={books.pk}", {"starter": ""})
    draft = Campaign.objects.latest("pk")
    assert (draft.sender_name, draft.sender_email, list(draft.lists.all())) == ("Ana", "ana@nordlicht.example", [books])


def test_a_list_whose_people_are_slow_to_judge_is_shown_at_once(
    browser: Client, news: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its sums follow by themselves; where they take too long, the page says so, and how many are subscribed."""
    ada, asked = Contact.objects.create(email="ada@example.com"), audience.summary
    consent.subscribe(ada, lists=[news.pk], channel="hand")

    def slowly(chosen: audience.Audience) -> audience.Summary:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(600)")
        return asked(chosen)

    monkeypatch.setattr(audience, "summary", slowly)
    monkeypatch.setattr(measuring, "AT_ONCE_MS", AT_ONCE_MS)
    exact = f"{news.get_absolute_url()}?exact=1"
    page = text(browser.get(news.get_absolute_url()))
    assert f'hx-get="{exact}" hx-trigger="load"' in page
    assert "1 is subscribed" in page
    assert "Delete the list" in page
    assert "It cannot be undone. <b>Archive</b> keeps the list" in page
    monkeypatch.setattr(measuring, "PATIENT_MS", 200)
    assert "takes too long to count just now" in text(browser.get(exact))
    monkeypatch.setattr(measuring, "PATIENT_MS", 20_000)
    monkeypatch.setattr(audience, "summary", asked)
    part = text(browser.get(exact, headers={"hx-request": "true"}))
    assert "<strong>1</strong> person gets a campaign to this list" in part
    assert "hx-get" not in part
    assert "Delete the list" not in part


def test_an_archived_list_is_kept_but_neither_offered_nor_written_to(browser: Client, news: MailingList) -> None:
    ada = Contact.objects.create(email="ada@example.com")
    consent.subscribe(ada, lists=[news.pk], channel="hand")
    draft = Campaign.objects.create(name="Spring", sender_email="a@nordlicht.example")
    draft.lists.add(news)
    browser.post(f"/lists/{news.pk}/archive/")
    news.refresh_from_db()
    assert news.is_archived
    assert ada.subscriptions.get().state == "subscribed"
    assert 'name="lists"' not in text(browser.get("/contacts/new/"))
    blocking = {finding.code: finding.text for finding in checklist.check(draft) if finding.level == "block"}
    assert blocking["archived-list"] == "The list News is archived, so nothing is sent to it."
    assert "News" in text(browser.get(f"/campaigns/{draft.pk}/"))  # to be taken out
    browser.post(f"/lists/{news.pk}/archive/", {"back": "yes"})
    assert "archived-list" not in {finding.code for finding in checklist.check(draft)}


def test_archiving_a_list_says_which_planned_campaigns_will_not_start(browser: Client, news: MailingList) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    batch = Batch.objects.create(
        rehearsal=False, content_kind="edition", content_id=1, not_before=tomorrow, provider=Provider.objects.sandbox()
    )
    Campaign.objects.create(name="Summer", batch=batch).lists.add(news)
    assert "will not start" not in text(browser.get("/"))
    assert "Summer" in plain(browser.get(f"/lists/{news.pk}/"))
    assert "nothing was archived" in plain(browser.post(f"/lists/{news.pk}/archive/", follow=True))
    assert not MailingList.objects.get(pk=news.pk).is_archived
    archived = browser.post(f"/lists/{news.pk}/archive/", {"sure": "yes"}, follow=True)
    assert "Summer” will not start while" in plain(archived)
    assert "Summer” will not start: its list “News” is archived" in plain(browser.get("/"))
    Campaign.objects.update(on_any_list=True)  # the list stays chosen and does not count
    assert "will not start" not in plain(browser.get("/"))


def test_growth_is_drawn_on_the_lists_page(browser: Client, news: MailingList) -> None:
    today = timezone.localdate()
    for weeks in range(5):
        ListDay.objects.create(list=news, on=today - timedelta(weeks=weeks), joined=10, unsubscribed=weeks)
    page = browser.get(news.get_absolute_url())
    assert page.context["grown"].growth.total == 40
    assert "data-chart" in text(page)
