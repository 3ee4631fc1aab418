"""Set up, looked after, and said aloud when it does not work."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Role, User
from delivery import notices
from delivery.feedback.webhooks import certificates, managing, receiving
from delivery.models import Batch, Provider, Webhook
from tests.delivery.feedback.webhooks import provider
from tests.delivery.feedback.webhooks.provider import webhook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    receiving.forget()
    certificates.forget()


def relay(host: str = "smtp.sendgrid.net", name: str = "Relay") -> Provider:
    return Provider.objects.create(name=name, host=host)


def sent(through: Provider, accepted: int, hours_ago: float = 2) -> Batch:
    at = timezone.now() - timedelta(hours=hours_ago)
    return Batch.objects.create(
        rehearsal=False, content_kind="edition", content_id=1, provider=through, accepted=accepted, started_at=at
    )


def words(role: Role = Role.ADMIN) -> list[str]:
    user = User(email="a@example.org", role=role)
    return [notice.text for notice in notices.webhooks_in_trouble(user)]


def old(made: Webhook) -> None:
    Webhook.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=3))


@pytest.mark.parametrize("is_named", [True, False])
def test_silence_while_mail_is_accepted_is_said_on_every_page(is_named: bool) -> None:
    through = relay()
    made = webhook("sendgrid", provider=through if is_named else None)
    old(made)
    managing.look_for_silence()
    assert words() == []
    sent(through, 201)
    managing.look_for_silence()
    assert words() == ["SendGrid accepts mail and has reported nothing for 3\xa0days: bounces may be missed."]
    assert words(Role.MARKETER) == []


def test_mail_through_others_says_nothing_of_a_silent_one() -> None:
    made = webhook("sendgrid", provider=relay())
    old(made)
    sent(relay("mail.nordlicht.example", "Another"), 5_000)
    sent(made.provider or relay(), 5_000, hours_ago=30)
    managing.look_for_silence()
    assert words() == []


def test_the_next_event_ends_the_alarm() -> None:
    made = webhook("sendgrid", provider=relay())
    old(made)
    sent(made.provider or relay(), 5_000)
    managing.look_for_silence()
    assert words()
    assert provider.call("sendgrid", provider.signed("sendgrid", [])) == receiving.OK
    assert words() == []
    managing.look_for_silence()
    assert words() == []


def test_refusals_are_said_with_their_cure_until_something_good_comes() -> None:
    webhook("sendgrid")
    request = provider.signed("sendgrid", [])
    assert provider.call("sendgrid", provider.tampered(request)) == receiving.FORBIDDEN
    (text,) = words()
    assert "refused" in text
    assert "The signature does not fit the key" in text
    assert provider.call("sendgrid", request) == receiving.OK
    assert words() == []


def test_a_provider_whose_service_could_report_is_offered() -> None:
    relay("mail.nordlicht.example", "Own")
    postmark = relay("smtp-broadcasts.postmarkapp.com", "Ours")
    assert [(offer.provider, offer.kind.key) for offer in managing.offers()] == [(postmark, "postmark")]
    webhook("postmark")
    assert managing.offers() == []


def test_each_webhook_has_a_secret_of_its_own_and_shows_no_key() -> None:
    first, second = managing.add("sendgrid"), managing.add("sendgrid")
    assert first.secret != second.secret
    assert len(first.secret) >= 40
    managing.enter_keys(first, {"public_key": " MFkw "})
    managing.enter_keys(first, {"public_key": ""})
    first.refresh_from_db()
    assert first.keys == {"public_key": "MFkw"}
    assert b"MFkw" not in bytes(first.keys_sealed or b"")
    assert first.secret.encode() not in bytes(first.secret_sealed)


def test_new_keys_of_the_installation_seal_webhooks_anew() -> None:
    made = webhook("sendgrid")
    before = bytes(made.secret_sealed)
    call_command("rotate_secrets", verbosity=0)
    made.refresh_from_db()
    assert bytes(made.secret_sealed) != before
    assert (made.secret, made.password) == (provider.SECRET, provider.PASSWORD)
    assert provider.call("sendgrid", provider.signed("sendgrid", [])) == receiving.OK


def test_a_topic_is_believed_once_somebody_says_that_it_is_theirs() -> None:
    made = webhook("amazon_ses")
    made.learnt = {"offered": {"topic": provider.TOPIC, "url": "https://evil.example/?Action=ConfirmSubscription&a=b"}}
    made.save()
    with pytest.raises(managing.NotConfirmed, match="does not lead to Amazon"):
        managing.confirm_topic(made)
    managing.believe(made, provider.TOPIC)
    made.refresh_from_db()
    assert made.learnt == {"topics": [provider.TOPIC]}


def test_removing_a_provider_keeps_its_webhook() -> None:
    made = webhook("sendgrid", provider=relay())
    (made.provider or relay()).delete()
    made.refresh_from_db()
    assert made.provider is None
