"""The page on which recipients choose, walked through without scripts and without cookies."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from contacts import consent
from contacts.models import ConsentEvent, Contact, MailingList, Subscription, Suppression
from tests.tracking.conftest import Sent

pytestmark = pytest.mark.usefixtures("organisation")


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def subscribed(contact: Contact) -> set[int]:
    held = Subscription.objects.filter(contact=contact, state=Subscription.State.SUBSCRIBED)
    return set(held.values_list("list_id", flat=True))


def test_a_recipient_chooses_topics_a_pause_and_a_language(browser: Client, sent: Sent) -> None:
    here = f"{sent.unsubscribe()}/preferences"
    public = MailingList.objects.create(
        name="q3 leads", public_name="Readings", public_description="Every month", is_public=True
    )
    MailingList.objects.create(name="Insiders")
    MailingList.objects.create(name="Old news", is_public=True, archived_at=timezone.now())
    answer = browser.get(here)
    page = answer.content.decode()
    assert all(words in page for words in (sent.lists[0].name, "Readings", "Every month", "r***@gmail.com"))
    assert not any(words in page for words in ("Insiders", "Old news", "q3 leads", sent.messages[0].email, "<script"))
    assert not answer.cookies
    assert answer.headers["Referrer-Policy"] == "no-referrer"

    chosen = [sent.lists[1].pk, public.pk, 987_654]
    assert "Saved." in browser.post(here, {"part": "topics", "topic": chosen}).content.decode()
    assert subscribed(sent.contact()) == {sent.lists[1].pk, public.pk}
    proofs = sent.contact().consent_events.order_by("id").values_list("kind", "list__name", "channel", "ip", "text")
    assert list(proofs) == [
        ("given", "q3 leads", "page", "127.0.0.1", "Topics: Readings"),
        ("withdrawn", sent.lists[0].name, "page", "127.0.0.1", ""),
    ]

    assert "You get no mail from us until" in browser.post(here, {"part": "pause", "days": "60"}).content.decode()
    ends = sent.contact().paused_until
    assert ends
    assert timedelta(days=59) < ends - timezone.now() < timedelta(days=61)
    assert not Contact.objects.filter(pk=sent.contact().pk).reachable().exists()
    browser.post(here, {"part": "pause", "days": "9999"})
    assert sent.contact().paused_until == ends
    browser.post(here, {"part": "resume"})
    assert Contact.objects.filter(pk=sent.contact().pk).reachable().exists()
    assert sent.contact().consent_events.filter(kind__in=("paused", "resumed")).count() == 2

    in_french = browser.get(f"{here}?lang=fr").content.decode()
    assert '<html lang="fr"' in in_french
    assert f'action="{here}?lang=fr"' in in_french
    assert '<html lang="ar" dir="rtl"' in browser.post(here, {"part": "language", "language": "ar"}).content.decode()
    browser.post(here, {"part": "language", "language": "tlh"})
    assert sent.contact().language == "ar"
    browser.post(here, {"part": "counting", "opens": "refused"})
    assert sent.contact().open_consent == "refused"


def test_topics_saved_on_a_page_of_before_undo_nothing_done_since(browser: Client, sent: Sent) -> None:
    """Somebody who joins and leaves lists elsewhere, and then comes back to a tab that is still open."""
    here, (left, kept) = f"{sent.unsubscribe()}/preferences", sent.lists
    joined, wanted = (MailingList.objects.create(name=name, is_public=True) for name in ("Joined", "Wanted"))
    before = re.findall(r'name="before" value="(\d*)"', browser.get(here).content.decode())
    assert set(before) == {"", str(left.pk), str(kept.pk)}
    browser.post(f"{sent.unsubscribe()}/leave", {"list": left.pk})
    consent.subscribe(sent.contact(), lists=[joined.pk], channel="form")
    for _ in range(2):
        browser.post(here, {"part": "topics", "topic": [left.pk, wanted.pk], "before": before})
        assert subscribed(sent.contact()) == {joined.pk, wanted.pk}


def test_of_a_rehearsal_nothing_is_changed(browser: Client, send: Callable[..., Sent]) -> None:
    sent = send(rehearsal=True)
    here, before = f"{sent.unsubscribe()}/preferences", subscribed(sent.contact())
    for part, would in (
        ("topics", "your topics would be saved now"),
        ("agree", "our mail to you would go on"),
        ("pause", "your pause would begin now"),
        ("resume", "your pause would end now"),
        ("language", "your language would be saved now"),
        ("counting", "your answer would be saved now"),
    ):
        page = browser.post(here, {"part": part, "days": "30", "language": "de", "opens": "refused"}).content.decode()
        assert "This is a rehearsal" in page
        assert f"Nothing is changed here. With a real mail, {would}." in page
        assert "Saved." not in page
    page = browser.post(f"{sent.unsubscribe()}/counting", {"opens": "refused"}).content.decode()
    assert "Nothing is changed here. With a real mail, your answer would be saved now." in page
    assert "Your answer is saved." not in page
    person = sent.contact()
    assert subscribed(person) == before
    assert (person.paused_until, person.language, person.open_consent) == (None, "", "unknown")
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize("reason", ["unsubscribed", "complaint"])
def test_an_old_mail_brings_nobody_back_who_left_everything(browser: Client, sent: Sent, reason: str) -> None:
    consent.suppress(sent.messages[0].email, Suppression.Reason(reason))
    here = f"{sent.unsubscribe()}/preferences"
    page = browser.post(here, {"part": "topics", "topic": [one.pk for one in sent.lists]}).content.decode()
    assert "No mail goes to this address" in page
    assert 'name="topic"' not in page
    assert Suppression.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_somebody_who_was_erased_can_still_say_no(browser: Client, sent: Sent) -> None:
    here = f"{sent.unsubscribe()}/preferences"
    sent.contact().delete()
    page = browser.post(here, {"part": "topics"}).content.decode()
    assert "Unsubscribe from everything" in page
    assert 'value="pause"' not in page
    assert browser.get("/u/nonsense/preferences").status_code == 404


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "30 December 2026"),
        ("de", "30. Dezember 2026"),
        ("fr", "30 décembre 2026"),
        ("es", "30 de diciembre de 2026"),
        ("pt", "30 de Dezembro de 2026"),
        ("it", "30 Dicembre 2026"),
        ("nl", "30 december 2026"),
        ("pl", "30 grudnia 2026"),
        ("ja", "2026年12月30日"),
        ("ar", "30 ديسمبر، 2026"),
    ],
)
def test_a_day_is_written_with_its_month_in_full_in_every_language(
    browser: Client, sent: Sent, language: str, day: str
) -> None:
    Contact.objects.filter(pk=sent.contact().pk).update(paused_until=datetime(2026, 12, 30, 12, tzinfo=UTC))
    assert day in browser.get(f"{sent.unsubscribe()}/preferences?lang={language}").content.decode()
