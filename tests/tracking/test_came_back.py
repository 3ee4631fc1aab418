"""Where somebody asks about one mail or one person, what came back of it is told, with its proof one click away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from contacts import timeline
from contacts.models import Contact
from delivery import tokens, verp
from delivery.models import FeedbackEvent, Message, Provider, ProviderSuppression, Returned
from tests.delivery.feedback.returned import bounce, full, hand_in, mailed, report
from tests.delivery.feedback.webhooks.provider import webhook
from tracking.message_log import answer, came_back
from tracking.models import Engagement, EventKind

pytestmark = pytest.mark.django_db
HOSTILE = "550 5.1.1 <script>alert(1)</script> user unknown"


@pytest.fixture
def browser(viewer: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(viewer)


@pytest.fixture
def message() -> Message:
    return mailed()


def page(browser: Client, message: Message) -> str:
    return " ".join(browser.get(f"/messages/{message.pk}/").content.decode().split())


def away(message: Message) -> bytes:
    return (
        f"From: ana@example.org\r\nTo: {verp.address(message.pk, 'nordlicht.example')}\r\n"
        "Subject: Automatic reply: News\r\nAuto-Submitted: auto-replied\r\n\r\n"
        "I no longer work here. Please write to bea@example.org.\r\n"
    ).encode()


def test_a_bounce_stands_on_the_page_of_its_mail(browser: Client, message: Message) -> None:
    hand_in(bounce(message, words=HOSTILE))
    told = page(browser, message)
    assert "Accepted, then bounced for good" in told
    assert "The address does not exist." in told
    assert "Said mx.example.org, handed in on the server" in told
    assert "&lt;script&gt;alert(1)&lt;/script&gt; user unknown" in told
    assert "<script>alert" not in told
    assert f"/returned/{Returned.objects.get().pk}/" in told


def test_a_forwarded_bounce_says_where_it_bounced(browser: Client, message: Message) -> None:
    hand_in(bounce(message, recipient="ana@elsewhere.example"))
    assert "Bounced at ana@elsewhere.example, forwarded from ana@example.org" in page(browser, message)


def test_a_full_mailbox_bounced_for_now_and_a_complaint_is_told_once(browser: Client, message: Message) -> None:
    hand_in(full(message))
    assert "Accepted, then bounced for now" in page(browser, message)
    hand_in(report(message))
    told = page(browser, message)
    assert "Accepted, then marked as spam" in told
    assert "Bounced for now" in told


def test_an_automatic_reply_stands_beside_the_person_and_suppresses_nobody(browser: Client, message: Message) -> None:
    hand_in(away(message))
    told = page(browser, message)
    assert "Automatic reply" in told
    assert "Please write to bea@example.org" in told
    contact = Contact.objects.get()
    entry = next(entry for entry in timeline.entries(contact) if entry.kind == "reply")
    assert "no longer work here" in " ".join(entry.details)
    assert "Please write to bea@example.org" in browser.get(f"/contacts/{contact.pk}/").content.decode()


def test_a_persons_story_has_bounces_and_where_they_happened(message: Message) -> None:
    hand_in(bounce(message, recipient="ana@elsewhere.example"))
    entry = next(entry for entry in timeline.entries(Contact.objects.get()) if entry.kind == "bounce")
    assert entry.title.startswith("Bounced for good: ")
    assert "forwarded from ana@example.org" in " ".join(entry.details)
    assert entry.url == f"/messages/{message.pk}/"


def test_what_came_back_is_one_click_away_from_its_person(browser: Client, message: Message) -> None:
    proof = f'href="/returned/{hand_in(bounce(message)).pk}/"'
    address = f"/contacts/{Contact.objects.get().pk}/"
    assert proof in browser.get(address).content.decode()
    assert proof in browser.get(f"/messages/{message.pk}/").content.decode()
    Returned.objects.all().delete()
    assert "As it came" not in browser.get(address).content.decode()


@pytest.mark.parametrize(
    ("made", "kind", "words"),
    [
        (bounce, "bad", ("No: the mail server of ana@example.org accepted", "came back", "for good", "does not exist")),
        (full, "bad", ("No: ", "came back", "The mailbox is full.")),
        (report, "warn", ("Yes: ", "marked as spam", "Nothing more is sent there")),
    ],
)
def test_whether_ana_got_it_is_answered_by_what_came_back(
    made: Callable[[Message], bytes], kind: str, words: tuple[str, ...], message: Message
) -> None:
    hand_in(made(message))
    (said,) = answer.answers(Contact.objects.get())
    assert said.kind == kind
    for word in words:
        assert word in said.sentence
    if made is full:
        assert "over quota" in said.reply


def test_the_raw_mail_is_text_without_our_tokens(browser: Client, message: Message) -> None:
    raw = bounce(message, words=HOSTILE)
    kept = hand_in(raw)
    shown = browser.get(f"/returned/{kept.pk}/").content.decode()
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown
    assert tokens.seal(tokens.MESSAGE_ID, message.pk) not in shown
    assert tokens.seal(tokens.BOUNCE, message.pk) not in shown
    assert "Download" not in shown


def test_the_raw_mail_is_downloaded_to_the_byte_by_who_may_export(
    browser: Client, message: Message, marketer: User, client_for: Callable[[User], Client]
) -> None:
    raw = bounce(message)
    address = f"/returned/{hand_in(raw).pk}/download/"
    assert browser.post(address).status_code == 403
    allowed = client_for(marketer)
    answered = allowed.post(address)
    assert answered.content == raw
    assert answered["Content-Disposition"].endswith('.eml"')
    assert AuditEntry.objects.filter(action="returned.download").exists()


def test_an_event_whose_raw_mail_is_gone_still_stands_there(browser: Client, message: Message) -> None:
    hand_in(bounce(message))
    Returned.objects.all().delete()
    told = page(browser, message)
    assert "Bounced for good" in told
    assert "as it came" not in told


def test_what_a_provider_calls_otherwise_is_shown_as_it_says(browser: Client, message: Message) -> None:
    FeedbackEvent.objects.create(message_id=message.pk, batch=message.batch, kind="<b>odd</b>", source="webhook 3")
    told = page(browser, message)
    assert "Reported: &lt;b&gt;odd" in told
    assert "Reported by the provider" in told


@pytest.mark.parametrize(
    ("since_days", "names_its_provider", "told_of"),
    [(40, True, "since"), (40, False, "since"), (None, True, "may have been"), (-1, True, "")],
)
def test_accepted_by_a_provider_that_suppresses_the_address_is_no_yes(
    browser: Client,
    django_assert_max_num_queries: Callable[..., Any],
    since_days: int | None,
    names_its_provider: bool,
    told_of: str,
) -> None:
    sendgrid = Provider.objects.create(name="Ours", service="sendgrid", host="smtp.sendgrid.net")
    other = Provider.objects.create(name="Other", host="smtp.other.example")
    found = webhook("sendgrid", provider=sendgrid if names_its_provider else None)
    since = timezone.now() - timedelta(days=since_days) if since_days is not None else None
    ProviderSuppression.objects.create(webhook=found, email="ana@example.org", reason="bounced", since=since)
    messages = [mailed(provider=carrier) for carrier in (other, sendgrid, sendgrid)]
    person = Contact.objects.get()
    latest, _, elsewhere = answer.answers(person)
    assert elsewhere.sentence.startswith("Yes: ")
    if not told_of:
        assert latest.sentence.startswith("Yes: ")
        assert "own suppression list" not in page(browser, messages[2])
        return
    assert (latest.kind, latest.reply) == ("warn", "")
    assert latest.sentence.startswith("Probably not: the mail server of ana@example.org accepted “")
    why = "SendGrid keeps this address on its own suppression list"
    assert why in latest.sentence
    assert told_of in latest.sentence
    assert why in page(browser, messages[2])
    assert browser.get("/messages/").content.decode().count("Accepted, perhaps dropped") == 2
    assert why not in page(browser, messages[0])
    with django_assert_max_num_queries(4):
        came_back.dropped(Message.objects.select_related("batch"))
    hand_in(bounce(messages[1]))
    assert answer.answers(person)[1].sentence.startswith("No: ")
    opened = {"kind": EventKind.OPEN, "is_machine": False, "first_at": timezone.now()}
    Engagement.objects.create(message_id=messages[2].pk, batch_id=messages[2].batch_id, **opened)
    assert answer.answers(person)[0].sentence.startswith("Yes: ")
