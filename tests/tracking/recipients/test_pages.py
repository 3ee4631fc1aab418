"""What recipients see: in their language, with the organisation's colour, and what they say about being counted."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import BrandKit
from contacts.models import Contact, Subscription, TrackingConsentEvent
from delivery import tokens
from tests.tracking.conftest import Reader, Sent
from tests.tracking.reading import english_in
from tracking.models import Event

pytestmark = pytest.mark.usefixtures("organisation")
MOST_QUERIES = 4


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def speaks(sent: Sent, language: str) -> None:
    Contact.objects.filter(pk=sent.contact().pk).update(language=language)


def states(sent: Sent) -> tuple[str, str]:
    contact = sent.contact()
    return contact.open_consent, contact.click_consent


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_every_page_speaks_every_language(browser: Client, sent: Sent, language: str) -> None:
    speaks(sent, language)
    url = sent.unsubscribe()
    pages = [
        browser.get(url),
        browser.post(f"{url}/counting", {"opens": "refused"}),
        browser.post(f"{url}/leave", {"list": sent.lists[0].id}),
        browser.post(f"{url}/undo"),
        browser.get(f"{url}/preferences"),
        browser.post(f"{url}/preferences", {"part": "pause", "days": "30"}),
        browser.post(f"{url}/preferences", {"part": "address", "address": "nonsense"}),
        browser.post(f"{url}/leave"),
        browser.get(f"{url}/preferences"),
        browser.get("/u/nothing", headers={"Accept-Language": language}),
        browser.get(f"/u/{tokens.seal(tokens.UNSUBSCRIBE, 0, sent.batch.id)}", headers={"Accept-Language": language}),
        browser.get("/v/nothing", headers={"Accept-Language": language}),
    ]
    for page in pages:
        text = page.content.decode()
        direction = ' dir="rtl"' if language == "ar" else ""
        assert f'<html lang="{language}"{direction}>' in text
        assert page.headers["Content-Language"] == language
        assert not page.cookies
        assert "<script" not in text
        assert page.headers["X-Robots-Tag"].startswith("noindex")
        if language != "en":
            assert english_in(text) == []


def test_the_browser_s_language_counts_where_the_person_s_is_unknown(browser: Client, sent: Sent) -> None:
    page = browser.get(sent.unsubscribe(), headers={"Accept-Language": "sv, de-CH;q=0.8"}).content.decode()
    assert "Von allem abmelden" in page


def test_the_page_wears_the_organisation_s_colour_within_the_policy(browser: Client, sent: Sent) -> None:
    BrandKit.objects.update(colour="#ffe600")
    page = browser.get(sent.unsubscribe())
    text, policy = page.content.decode(), page.headers["Content-Security-Policy"]
    nonce = text.partition('nonce="')[2].partition('"')[0]
    assert nonce
    assert f"'nonce-{nonce}'" in policy
    assert "unsafe" not in policy
    assert "#ffe600" in text


def test_each_part_is_answered_for_itself_and_the_mail_goes_on(browser: Client, sent: Sent) -> None:
    speaks(sent, "de")
    page = browser.post(f"{sent.unsubscribe()}/counting", {"opens": "refused", "clicks": "given"})
    assert page.status_code == 200
    assert "Ihre Antwort ist gespeichert." in page.content.decode()
    assert states(sent) == ("refused", "given")
    assert Subscription.objects.filter(contact=sent.contact(), state="subscribed").count() == 2
    kept = TrackingConsentEvent.objects.get(part="opens")
    assert (kept.channel, kept.text) == ("page", "Ob Sie unsere E-Mails öffnen – Nein, bitte nicht zählen")
    assert kept.ip == "127.0.0.0"


def test_a_no_ends_the_recording_of_the_mail_in_hand(
    browser: Client, sent: Sent, reader: Reader, take_in: Callable[[], int]
) -> None:
    browser.post(f"{sent.unsubscribe()}/counting", {"opens": "refused"})
    reader("GET", sent.open())
    reader("GET", sent.click())
    take_in()
    assert list(Event.objects.values_list("kind", flat=True)) == [2]


@pytest.mark.parametrize("said", [{}, {"opens": "unknown"}, {"opens": "x" * 9000, "list": "1"}, {"clicks": ""}])
def test_what_is_no_answer_changes_nothing(browser: Client, sent: Sent, said: dict[str, str]) -> None:
    assert browser.post(f"{sent.unsubscribe()}/counting", said).status_code == 200
    assert states(sent) == ("unknown", "unknown")
    assert not TrackingConsentEvent.objects.exists()


def test_looking_at_the_page_answers_nothing(browser: Client, sent: Sent) -> None:
    page = browser.get(sent.unsubscribe()).content.decode()
    assert "You have not said so far. Until you do, it is counted." in page
    assert "checked" not in page
    assert browser.get(f"{sent.unsubscribe()}/counting").status_code == 405


def test_a_rehearsal_changes_nobody_s_answer(browser: Client, send: Callable[..., Sent]) -> None:
    sent = send(rehearsal=True)
    page = browser.post(f"{sent.unsubscribe()}/counting", {"opens": "refused"}).content.decode()
    assert "This is a rehearsal" in page
    assert states(sent) == ("unknown", "unknown")


def test_a_page_asks_the_database_a_bounded_number_of_questions(browser: Client, sent: Sent) -> None:
    browser.get(sent.unsubscribe())
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            browser.get(sent.unsubscribe())
        assert len(asked) <= MOST_QUERIES, [query["sql"] for query in asked]


def test_a_short_address_that_leads_nowhere_says_so_in_the_reader_s_language(reader: Reader) -> None:
    from tracking.public import slim

    answer = reader("GET", "/c/nothing")
    assert answer.status == 404
    assert b"This link leads nowhere" in answer.body
    assert "lang=ar dir=rtl" in slim._NOT_FOUND["ar"].decode()
