"""The same thing told by every provider means the same to the person and to the figures."""

from typing import Any

import pytest

from contacts.models import ConsentEvent, Contact, Suppression
from contacts.their_data import collecting
from delivery.feedback.webhooks import reading
from delivery.feedback.webhooks.catalogue import kinds
from delivery.feedback.webhooks.request import Request
from delivery.models import FeedbackEvent, Message, Returned
from tests.delivery.feedback.returned import line, mailed
from tests.delivery.feedback.webhooks.events import EVENTS, UNSAID
from tests.delivery.feedback.webhooks.provider import tell, webhook

pytestmark = pytest.mark.django_db

State = Returned.State
each_kind = pytest.mark.parametrize("kind", sorted(kinds()))


def those_that_say(what: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", [kind for kind in sorted(kinds()) if what not in UNSAID.get(kind, ())])


def told(kind: str, what: str) -> Message:
    webhook(kind)
    message = mailed()
    tell(kind, EVENTS[kind](message, what))
    return message


def test_there_is_a_form_of_every_event_for_every_provider() -> None:
    assert set(EVENTS) == set(kinds())


@each_kind
def test_a_dead_address_gets_no_more_mail(kind: str) -> None:
    message = told(kind, "dead")
    assert (line(message).hard, line(message).soft) == (1, 0)
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.reason) == (message.email, Suppression.Reason.HARD_BOUNCE)
    assert Returned.objects.get().state == State.COUNTED


@each_kind
@pytest.mark.parametrize("what", ["full", "spam"])
def test_a_full_mailbox_and_a_refusal_as_spam_are_no_dead_address(kind: str, what: str) -> None:
    message = told(kind, what)
    assert line(message).hard == 0
    assert line(message).complained == 0
    assert not Suppression.objects.exists()
    event = FeedbackEvent.objects.get()
    assert (event.kind, event.is_permanent) in {("bounce", False), ("delay", False)}


@each_kind
def test_what_was_delivered_is_counted(kind: str) -> None:
    assert line(told(kind, "delivered")).delivered == 1


@those_that_say("complaint")
def test_a_complaint_suppresses_at_once(kind: str) -> None:
    assert line(told(kind, "complaint")).complained == 1
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT


@those_that_say("left")
def test_who_leaves_at_the_provider_has_left(kind: str) -> None:
    message = told(kind, "left")
    assert Suppression.objects.get().reason == Suppression.Reason.UNSUBSCRIBED
    withdrawn = ConsentEvent.objects.get()
    assert (withdrawn.kind, withdrawn.channel) == (ConsentEvent.Kind.WITHDRAWN, "provider")
    assert line(message).heard == 0


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        *((kind, "listed") for kind in EVENTS),
        ("amazon_ses", "listed by the tenant"),
        ("amazon_ses", "thought not to exist"),
        ("amazon_ses", "listed after a complaint"),
        ("amazon_ses", "listed by the tenant after a complaint"),
    ],
)
def test_what_a_provider_keeps_back_by_its_own_list_says_nothing_new_of_the_person(kind: str, what: str) -> None:
    message = told(kind, what)
    assert (line(message).soft, line(message).hard, line(message).complained) == (1, 0, 0)
    event = FeedbackEvent.objects.get()
    assert (event.kind, event.category) == ("bounce", "suppressed")
    assert "did not send it" in event.diagnostic
    assert not Suppression.objects.exists()


@each_kind
def test_a_delay_is_kept_and_counts_as_no_failure(kind: str) -> None:
    message = told(kind, "delayed")
    assert line(message).heard == 0
    assert FeedbackEvent.objects.get().kind == "delay"


@each_kind
def test_what_nobody_knows_yet_is_kept_and_changes_nothing(kind: str) -> None:
    message = told(kind, "new")
    assert line(message).heard == 0
    event = FeedbackEvent.objects.get()
    assert event.kind.lower().startswith(("something", "email.someth"))


@each_kind
def test_an_event_about_no_mail_of_ours_changes_nothing(kind: str) -> None:
    webhook(kind)
    message = mailed()
    event = EVENTS[kind](message, "dead")
    message.delete()
    tell(kind, event)
    assert Returned.objects.get().state in {State.NOT_OURS, State.NOTHING}
    assert not Suppression.objects.exists()


@those_that_say("complaint")
def test_the_same_told_twice_and_in_any_order_counts_once(kind: str) -> None:
    webhook(kind)
    message = mailed()
    for what in ("complaint", "delivered", "dead", "delivered", "complaint"):
        tell(kind, EVENTS[kind](message, what))
    assert (line(message).complained, line(message).heard) == (1, 1)


@each_kind
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[1]", b"null", b"{}", b'"x"', b"\xff\x00", b"[" * 9000, b'{"a":NaN}']
)
def test_nonsense_raises_nothing_but_value_error(kind: str, body: bytes) -> None:
    for form in ("application/json", "application/x-www-form-urlencoded"):
        raw = Request({"content-type": form}, body).raw(kind)
        try:
            assert list(reading.read(kind, raw)) is not None
        except ValueError:
            continue


def broken(good: Any) -> Any:
    """A batch with items that cannot be read around one that can."""
    return [{"no": "event"}, 7, None, *good, {"event": {"deep": [1]}}, []]


@pytest.mark.parametrize("kind", ["mailjet", "mandrill", "sendgrid", "sparkpost"])
def test_a_bad_item_does_not_lose_the_others(kind: str) -> None:
    webhook(kind)
    message = mailed()
    tell(kind, broken(EVENTS[kind](message, "dead")))
    assert line(message).hard == 1


def test_who_asks_for_their_data_does_not_get_a_request_that_names_others_too() -> None:
    webhook("sendgrid")
    ana, bea = mailed(email="ana@example.org"), mailed(email="bea@example.org")
    for what in ("queued", "opened"):  # of which nothing is kept, and of which nothing is new at the second time
        tell("sendgrid", [*EVENTS["sendgrid"](ana, "delivered"), *EVENTS["sendgrid"](bea, what)])
        tell("sendgrid", [*EVENTS["sendgrid"](bea, what), *EVENTS["sendgrid"](ana, "opened")])
    theirs = {section.name: section.rows for section in collecting.of(Contact.objects.get(email=ana.email))}
    assert [row["By"] for row in theirs["returned"]] == ["Provider"] * 4
    assert bea.email not in str(theirs)


@each_kind
def test_hostile_text_reaches_the_books_as_text(kind: str) -> None:
    webhook(kind)
    message = mailed(email="ana@example.org")
    event = EVENTS[kind](message, "dead")
    _poison(event)
    tell(kind, event)
    assert Returned.objects.get().state != State.WAITING


def _poison(found: Any) -> None:
    """NUL and half a character at the end of every text that names nothing."""
    for key, value in list(found.items() if isinstance(found, dict) else enumerate(found)):
        if isinstance(value, dict | list):
            _poison(value)
        elif isinstance(value, str) and key in (
            "reason",
            "response",
            "message",
            "description",
            "Details",
            "Description",
        ):
            found[key] = f"{value}\0\ud800<script>"


_FREE_TEXT = frozenset({"reason", "response", "message", "description", "Details", "diag", "diagnosticCode", "output"})
