"""Who is believed, and that nothing is said to be taken before it is in the database."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation
from delivery.feedback import settling
from delivery.feedback.webhooks import certificates, receiving, trial
from delivery.feedback.webhooks.catalogue import kinds
from delivery.feedback.webhooks.receiving import AWAY, FORBIDDEN, LOGIN, NOT_FOUND, OK, Door
from delivery.feedback.webhooks.request import Request
from delivery.models import FeedbackEvent, Returned, Webhook
from tests.delivery.feedback.returned import line, mailed
from tests.delivery.feedback.webhooks import events, provider
from tests.delivery.feedback.webhooks.events import EVENTS
from tests.delivery.feedback.webhooks.provider import call, signed, sns, webhook

pytestmark = pytest.mark.django_db

REFUSED = {FORBIDDEN, LOGIN}
each_kind = pytest.mark.parametrize("kind", sorted(kinds()))
STAMPED = ["amazon_ses", "mailgun", "postal", "resend", "sendgrid"]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    receiving.forget()
    certificates.forget()
    yield
    receiving.forget()
    certificates.forget()


def dead(kind: str, **signing: Any) -> Request:
    return signed(kind, EVENTS[kind](mailed(), "dead"), **signing)


def unproven(request: Request) -> Request:
    """Without anything that only the provider could have added."""
    kept = ("content-type", "x-amz-sns-message-type")
    bare = replace(request, headers={name: value for name, value in request.headers.items() if name in kept})
    if request.body[:1] != b"{":
        return bare
    within = {name: value for name, value in json.loads(request.body).items() if name.lower() != "signature"}
    return replace(bare, body=json.dumps(within).encode())  # two providers sign within


@each_kind
def test_what_its_provider_signed_is_kept_as_it_came(kind: str) -> None:
    made = webhook(kind)
    request = dead(kind)
    assert call(kind, request) == OK
    kept = Returned.objects.get()
    assert (kept.way, kept.source, kept.form) == ("webhook", f"webhook {made.pk}", f"webhook:{kind}")
    head, _, body = bytes(kept.raw).partition(b"\n")
    assert body == request.body
    assert json.loads(head)["method"] == "POST"
    assert provider.SECRET.encode() not in kept.raw
    assert b"authorization" not in head.lower()
    made.refresh_from_db()
    assert made.last_event_at is not None
    assert made.refused == 0


@each_kind
def test_what_nobody_signed_is_refused_counted_and_changes_nothing(kind: str) -> None:
    made = webhook(kind)
    assert call(kind, unproven(dead(kind))) in REFUSED
    made.refresh_from_db()
    assert made.refused == 1
    assert made.is_refused
    assert made.refusal
    assert not Returned.objects.exists()


@each_kind
def test_a_changed_request_is_refused(kind: str) -> None:
    made = webhook(kind)
    request = dead(kind)
    changed = replace(request, body=request.body.replace(b"ana", b"eve").replace(b"5.1.1", b"5.1.2"))
    if not kinds()[kind].is_signed:
        changed = replace(request, headers={**request.headers, "authorization": "Basic dGFsbHlwb3N0Om9vcHM="})
    elif kind == "mailgun":  # it signs a stamp and a token, not what it says
        whole = json.loads(request.body)
        whole["signature"]["token"] = "another"
        changed = replace(request, body=json.dumps(whole).encode())
    if kind == "amazon_ses":
        whole = json.loads(request.body)
        whole["Message"] = whole["Message"].replace("ana@", "eve@")
        changed = replace(request, body=json.dumps(whole).encode())
    assert changed != request
    assert call(kind, changed) in REFUSED
    assert not Returned.objects.exists()
    made.refresh_from_db()
    assert made.refusal


@each_kind
def test_a_copy_is_taken_once(kind: str) -> None:
    webhook(kind)
    message = mailed()
    request = signed(kind, EVENTS[kind](message, "dead"))
    assert {call(kind, request) for _ in range(3)} == {OK}
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert Returned.objects.count() == 1
    assert line(message).hard == 1


@pytest.mark.parametrize("kind", STAMPED)
@pytest.mark.parametrize("days", [-4, 1])
def test_a_time_stamp_out_of_its_time_is_refused(kind: str, days: int) -> None:
    made = webhook(kind)
    assert call(kind, dead(kind, at=timezone.now() + timedelta(days=days))) == FORBIDDEN
    made.refresh_from_db()
    assert "time stamp" in made.refusal


@pytest.mark.parametrize("kind", ["sendgrid", "mailgun", "amazon_ses"])
def test_what_the_provider_repeats_for_hours_is_still_taken(kind: str) -> None:
    """As after an outage of ours: the stamp is that of its first try."""
    webhook(kind)
    assert call(kind, dead(kind, at=timezone.now() - timedelta(hours=8))) == OK


@each_kind
def test_another_secret_leads_nowhere_and_is_counted(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "_WRITTEN_EVERY", timedelta(hours=1))
    made = webhook(kind)
    others = ("wrong", provider.SECRET[:-1], provider.SECRET + "x", "", "/")
    answers = {call(kind, dead(kind), secret) for secret in others}
    assert answers == {NOT_FOUND}
    assert receiving.find(f"/w/strange/{provider.SECRET}") == NOT_FOUND
    made.refresh_from_db()
    assert made.refused == 1  # of several within some seconds only the first is written at once
    assert "secret" in made.refusal
    assert not Returned.objects.exists()


def test_a_stranger_who_guesses_raises_no_alarm_where_events_come() -> None:
    made = webhook("sendgrid")
    assert call("sendgrid", dead("sendgrid")) == OK
    assert receiving.find("/w/sendgrid/guessed") == NOT_FOUND
    made.refresh_from_db()
    assert (made.refused, made.is_refused) == (0, False)


@pytest.mark.parametrize(("days", "left"), [(13, {"delivered", "dead"}), (15, {"dead"}), (181, set())])
def test_requests_that_only_say_that_mail_arrived_are_kept_for_two_weeks(days: int, left: set[str]) -> None:
    """Most of what providers tell; the events themselves stay."""
    webhook("sendgrid")
    message = mailed()
    kept = {}
    for what in ("delivered", "dead"):
        kept[what] = provider.tell("sendgrid", EVENTS["sendgrid"](message, what))[-1]
    Returned.objects.update(received_at=timezone.now() - timedelta(days=days))
    settling.forget_old()
    assert {what for what, row in kept.items() if Returned.objects.filter(pk=row.pk).exists()} == left
    assert FeedbackEvent.objects.count() == 2


def test_the_secret_of_one_provider_opens_no_other() -> None:
    webhook("postmark")
    assert call("brevo", dead("brevo")) == NOT_FOUND


@pytest.mark.parametrize("kind", [key for key, kind in sorted(kinds().items()) if kind.keys])
def test_without_its_key_nothing_is_taken(kind: str) -> None:
    made = webhook(kind)
    request = dead(kind)
    Webhook.objects.update(keys_sealed=None)
    receiving.forget()
    assert call(kind, request) == FORBIDDEN
    made.refresh_from_db()
    assert "not entered here yet" in made.refusal


@each_kind
def test_while_it_is_paused_the_provider_is_asked_to_come_again(kind: str) -> None:
    webhook(kind, state="paused")
    assert call(kind, dead(kind)) == AWAY


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["amazon_ses", "mailgun", "postmark"])
def test_while_the_database_is_away_the_provider_is_asked_to_come_again(kind: str) -> None:
    webhook(kind)
    request = dead(kind)
    door = receiving.find(f"/w/{kind}/{provider.SECRET}")
    assert isinstance(door, Door)
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = "1"
    try:
        assert receiving.receive(door, request.headers, request.body) == AWAY
        receiving.forget()
        assert receiving.find(f"/w/{kind}/{provider.SECRET}") == AWAY
    finally:
        connection.close()
        connection.settings_dict["PORT"] = port
    assert not Returned.objects.exists()
    assert call(kind, request) == OK
    assert Returned.objects.count() == 1


@each_kind
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"7", b'{"signature":7}', b"\xff\x00", b"[" * 90_000])
def test_nonsense_is_refused_without_a_fault(kind: str, body: bytes) -> None:
    webhook(kind)
    whole = dead(kind)
    answer = call(kind, replace(whole, body=body))
    # Who brings the password may bring anything: it is kept, and is found unreadable later.
    assert answer in REFUSED or (answer == OK and not kinds()[kind].is_signed)


def test_a_flood_with_wrong_signatures_costs_the_database_next_to_nothing() -> None:
    made = webhook("sendgrid")
    request = provider.tampered(dead("sendgrid"))
    door = receiving.find(f"/w/sendgrid/{provider.SECRET}")
    assert isinstance(door, Door)
    queries: list[str] = []

    def counted(execute: Any, sql: str, *given: Any) -> Any:
        queries.append(sql)
        return execute(sql, *given)

    with connection.execute_wrapper(counted):
        for _ in range(1_000):
            assert call("sendgrid", request) == FORBIDDEN
    assert len(queries) < 10
    made.refresh_from_db()
    assert made.refused >= 1


def test_a_flood_of_unknown_addresses_is_looked_up_once_each() -> None:
    webhook("sendgrid")
    with connection.execute_wrapper(_few(6)):
        for _ in range(1_000):
            assert receiving.find("/w/sendgrid/guessed") == NOT_FOUND


def _few(most: int) -> Any:
    left = [most]

    def counted(execute: Any, *given: Any) -> Any:
        left[0] -= 1
        assert left[0] >= 0
        return execute(*given)

    return counted


def test_a_forged_flood_of_hard_bounces_suppresses_nobody() -> None:
    """A thousand of them, about mails of ours, by somebody who knows the address and not the key."""
    webhook("sendgrid")
    event = dict(events.sendgrid(mailed(), "dead")[0])
    stolen = signed("sendgrid", [])
    for number in range(1_000):
        forged = replace(stolen, body=json.dumps([{**event, "sg_event_id": number}]).encode())
        assert call("sendgrid", forged) == FORBIDDEN
    assert not Returned.objects.exists()


@each_kind
def test_our_own_trial_arrives_and_counts_as_no_event(kind: str) -> None:
    made = webhook(kind)
    door = receiving.find(f"/w/{kind}/{provider.SECRET}")
    assert isinstance(door, Door)
    request = trial.made(door.kind, made.pk, door.keys, door.url, "42", timezone.now())
    assert call(kind, request) == OK
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert Returned.objects.get().state == Returned.State.NOTHING
    made.refresh_from_db()
    assert made.last_event_at is None


def test_a_trial_s_proof_carries_no_events() -> None:
    made = webhook("sendgrid")
    door = receiving.find(f"/w/sendgrid/{provider.SECRET}")
    assert isinstance(door, Door)
    proof = trial.made(door.kind, made.pk, door.keys, door.url, "42", timezone.now()).headers
    assert call("sendgrid", Request(proof, dead("sendgrid").body)) == FORBIDDEN
    other = trial.made(door.kind, made.pk + 1, door.keys, door.url, "42", timezone.now())
    assert call("sendgrid", other) == FORBIDDEN


@pytest.mark.parametrize(
    ("kind", "body"),
    [("mandrill", b"mandrill_events=%5B%5D"), ("mailersend", b'{"type":"webhook.test","data":{}}')],
)
def test_a_console_s_own_test_is_answered_before_any_key_is_known(kind: str, body: bytes) -> None:
    webhook(kind)
    Webhook.objects.update(keys_sealed=None)
    receiving.forget()
    assert call(kind, Request({"content-type": "x"}, body)) == OK
    assert not Returned.objects.exists()


# Amazon's


def confirming(**changes: Any) -> Request:
    url = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=y"
    content = {"Type": "SubscriptionConfirmation", "Message": "You have chosen", "SubscribeURL": url, "Token": "y"}
    return sns({**content, **changes})


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_of_amazon_s_signatures_are_understood(version: str) -> None:
    webhook("amazon_ses")
    content = {"Type": "Notification", "Message": json.dumps({"eventType": "Send"}), "Subject": "News"}
    assert call("amazon_ses", sns(content, version=version)) == OK


def test_a_topic_that_nobody_confirmed_is_refused() -> None:
    made = webhook("amazon_ses")
    other = {"Type": "Notification", "Message": "{}", "TopicArn": "arn:aws:sns:eu-central-1:666:evil"}
    assert call("amazon_ses", sns(other)) == FORBIDDEN
    made.refresh_from_db()
    assert "arn:aws:sns:eu-central-1:666:evil is not confirmed here" in made.refusal


def test_a_topic_that_asks_is_offered_and_not_confirmed_by_itself() -> None:
    made = webhook("amazon_ses")
    assert call("amazon_ses", confirming(TopicArn="arn:aws:sns:eu-central-1:1:new")) == OK
    made.refresh_from_db()
    assert made.learnt["topics"] == [provider.TOPIC]
    assert made.learnt["offered"]["topic"] == "arn:aws:sns:eu-central-1:1:new"
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    assert Returned.objects.get().state == Returned.State.NOTHING


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-0123456789abcdef.pem",
        "https://s3.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
        "https://sns.eu-central-1.amazonaws.com/evil.pem",
        "https://sns.eu-central-1.amazonaws.com/../SimpleNotificationService-0123456789abcdef.pem",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_not_fetched(url: str) -> None:
    made = webhook("amazon_ses")
    assert call("amazon_ses", sns({"Type": "Notification", "Message": "{}"}, url=url)) == FORBIDDEN
    made.refresh_from_db()
    assert "not at an address of Amazon's" in made.refusal


def test_without_amazon_s_certificate_the_provider_is_asked_to_come_again() -> None:
    made = webhook("amazon_ses")
    certificates.forget()
    other = provider.CERTIFICATE.replace("eu-central-1", "us-east-1")
    certificates._known[other] = timezone.now() + timedelta(minutes=1), None  # fetching failed a moment ago
    assert call("amazon_ses", sns({"Type": "Notification", "Message": "{}"}, url=other)) == AWAY
    made.refresh_from_db()
    assert "certificate" in made.refusal


def test_a_certificate_that_has_ended_proves_nothing() -> None:
    with pytest.raises(ValueError, match="not valid today"):
        certificates.read(provider.certificate(ends=-timedelta(days=1)), timezone.now())


@pytest.mark.parametrize("public_url", ["https://news.nordlicht.example", "https://tally.example/"])
def test_mandrill_s_signature_is_of_the_address_that_staff_entered_there(public_url: str) -> None:
    Organisation.objects.create(pk=1, name="Nordlicht", public_url=public_url)
    webhook("mandrill")
    assert call("mandrill", dead("mandrill")) == OK
