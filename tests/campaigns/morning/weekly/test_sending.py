"""The summary leaves through a real SMTP server of the test, once a week to each who wants it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.models import Organisation, User
from campaigns.models import Campaign, WeeklySummary
from campaigns.morning.weekly import sending
from contacts.reach import counting
from delivery.models import Batch, Provider
from tests.campaigns import letters
from tests.mailbox import Mailbox
from tests.running import free_port
from tracking.models import Breakdown, EventKind, Hourly

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
MONDAY = datetime(2026, 11, 23, 8, tzinfo=ZoneInfo("Europe/Berlin"))
State = WeeklySummary.State


@pytest.fixture(autouse=True)
def berlin(organisation: Organisation) -> None:
    Organisation.objects.update(time_zone="Europe/Berlin")


@pytest.fixture
def reader(marketer: User) -> User:
    User.objects.filter(pk=marketer.pk).update(wants_summary=True)
    return marketer


@pytest.fixture
def sent(marketer: User) -> Campaign:
    """On the Wednesday before, to a thousand people."""
    at = MONDAY - timedelta(days=5)
    batch = Batch.objects.create(
        rehearsal=False, content_kind="edition", content_id=1, state="done", total=1000, accepted=1000, started_at=at
    )
    Batch.objects.filter(pk=batch.pk).update(finished_at=at)
    Breakdown.objects.create(
        batch=batch, kind=EventKind.CLICK, by="lane", value="other", total=30, people=30, is_machine=False
    )
    Hourly.objects.create(hour=at, kind=EventKind.CLICK, is_machine=False, total=30, people=30)
    Hourly.objects.create(hour=at + timedelta(days=6), kind=EventKind.CLICK, is_machine=False, total=9, people=9)
    return letters.draft(marketer, name="Ships & <Sails>", batch=batch)


def parts(mail: EmailMessage) -> tuple[str, str]:
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    return text.get_content(), html.get_content()


def test_summary_says_what_home_says_in_text_and_html(
    relay: Provider, mailbox: Mailbox, reader: User, sent: Campaign
) -> None:
    assert sending.send_due(MONDAY) == 1
    ((to, mail),) = mailbox.new
    assert to == reader.email
    assert mail["Subject"] == "The week at Nordlicht Books: 1 campaign, 1,000 mails"
    text, html = parts(mail)
    assert "Ships & <Sails>" in text
    assert "Ships &amp; &lt;Sails&gt;" in html
    for part in (text, html):
        assert "3.0\N{NO-BREAK SPACE}% of 1,000 people clicked" in part
        assert f"https://news.nordlicht.example{sent.get_absolute_url()}" in part
        assert "https://news.nordlicht.example/account/#summary" in part
    assert "16 Nov to 22 Nov" in text
    assert re.search(r"Clicked: 30, 3\.0\s% \(0\)", text)


def test_nobody_gets_it_twice_whoever_asks_and_whatever_crashes(
    relay: Provider, mailbox: Mailbox, reader: User, sent: Campaign, admin: User
) -> None:
    User.objects.filter(pk=admin.pk).update(wants_summary=True)
    WeeklySummary.objects.create(user=admin, week=MONDAY.date())  # whose worker died in the midst of it
    assert sending.send_due(MONDAY) == 1
    assert sending.send_due(MONDAY + timedelta(hours=3)) == 0
    assert [to for to, _ in mailbox.new] == [reader.email]
    assert sending.send_due(MONDAY + timedelta(days=7)) == 2  # nine more clicked, a day later
    assert len(mailbox.new) == 3


def test_summary_waits_for_a_mail_server_and_is_tried_again_after_a_clear_failure(
    relay: Provider, mailbox: Mailbox, reader: User, sent: Campaign
) -> None:
    port = relay.port
    Provider.objects.filter(pk=relay.pk).update(state="paused")
    assert sending.send_due(MONDAY) == 0
    assert not WeeklySummary.objects.exists()
    Provider.objects.filter(pk=relay.pk).update(state="active", port=free_port())
    assert sending.send_due(MONDAY) == 0
    assert WeeklySummary.objects.get().state == State.FAILED
    Provider.objects.filter(pk=relay.pk).update(port=port)
    WeeklySummary.objects.update(tried_at=MONDAY)
    assert sending.send_due(MONDAY + timedelta(minutes=30)) == 0
    assert sending.send_due(MONDAY + timedelta(hours=2)) == 1
    row = WeeklySummary.objects.get()
    assert (row.state, row.tries, row.problem) == (State.SENT, 2, "")
    assert len(mailbox.new) == 1


def test_what_may_have_arrived_is_not_mailed_again(
    relay: Provider, mailbox: Mailbox, reader: User, sent: Campaign
) -> None:
    WeeklySummary.objects.create(user=reader, week=MONDAY.date(), state=State.UNCERTAIN)
    WeeklySummary.objects.update(tried_at=MONDAY - timedelta(days=1))
    assert sending.send_due(MONDAY) == 0
    assert not mailbox.new


def test_a_week_without_news_and_a_person_who_does_not_want_it_get_nothing(
    relay: Provider, mailbox: Mailbox, reader: User, admin: User
) -> None:
    counting.recount()
    assert sending.send_due(MONDAY) == 0
    assert not WeeklySummary.objects.exists()
    Hourly.objects.create(
        hour=MONDAY - timedelta(days=2), kind=EventKind.UNSUBSCRIBE, is_machine=False, total=1, people=1
    )
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert sending.send_due(MONDAY) == 0
    User.objects.filter(pk=reader.pk).update(is_active=True)
    assert sending.send_due(MONDAY - timedelta(hours=2)) == 0
    assert sending.send_due(MONDAY) == 1
    assert "no campaign" in mailbox.new[0][1]["Subject"]


def test_summary_is_turned_on_and_off_on_ones_own_page(client_for: Browse, viewer: User) -> None:
    client = client_for(viewer)
    assert "Mail me the summary" in client.get("/account/").content.decode()
    page = client.post("/account/summary/", {"wants_summary": "on"}, follow=True).content.decode()
    assert "You get a summary every Monday." in page
    assert "No mail server is connected yet" in page
    viewer.refresh_from_db()
    assert viewer.wants_summary
    assert "Mail me the summary" in client.post("/account/summary/", follow=True).content.decode()
    viewer.refresh_from_db()
    assert not viewer.wants_summary
