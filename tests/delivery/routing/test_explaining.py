"""What will happen to mail, in a table and for one address."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from contacts.models import Contact, Suppression
from delivery.domains.models import SendingDomain
from delivery.models import LanePace, MailDomain, Message, MinuteCount, Provider, Route
from delivery.replies import Category
from delivery.routing import circuits
from delivery.sandbox.rehearsing import switching
from delivery.throttling import warmup_plans
from delivery.transports.api import catalogue

FROM = "news@news.example.org"


@pytest.fixture
def browser(admin: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(admin)


@pytest.fixture
def relay() -> Provider:
    SendingDomain.objects.create(name="news.example.org", confirmed_at=timezone.now())
    return Provider.objects.create(name="Relay", host="127.0.0.1", port=2525, security="none")


@pytest.fixture
def backup(relay: Provider) -> Provider:
    made = Provider.objects.create(name="Backup", host="127.0.0.1", port=2526, security="none")
    Route.objects.create(provider=relay, sender_domain="news.example.org", stream="marketing")
    Route.objects.create(provider=made, sender_domain="news.example.org", stream="marketing", position=2)
    return made


def table(browser: Client, through: Provider) -> str:
    page = browser.get(reverse("routes"), {"through": through.pk}).content.decode()
    return " ".join(page.partition('id="ways"')[2].partition("</table>")[0].split())


def tried(browser: Client, own: Provider, email: str = "ana@gmail.com", stream: str = "marketing") -> str:
    said: dict[str, str | int] = {"email": email, "sender": FROM, "stream": stream, "own": own.pk}
    page = browser.get(reverse("route-try"), said).content.decode()
    return " ".join(page.partition('id="trial"')[2].partition("</section>")[0].split())


def test_the_table_says_who_carries_what_now_and_who_is_next(
    browser: Client, relay: Provider, backup: Provider
) -> None:
    found = table(browser, relay)
    assert "<bdi>Relay</bdi>, then <bdi>Backup</bdi>" in found
    assert "Campaigns" in found
    assert "Single mail" in found
    circuits.refused(relay, Category.PROVIDER_AUTH, "535 no")
    found = table(browser, relay)
    assert "Waits" in found, "of single mail"
    assert "Relay refuses" in found or "Relay" in found.partition("Backup")[2]
    assert "All mail" in table(browser, Provider.objects.sandbox())


def test_providers_that_share_show_how_much_each_carries(browser: Client, relay: Provider, backup: Provider) -> None:
    Route.objects.filter(provider=backup).update(position=1, weight=3)
    found = table(browser, relay)
    assert "<bdi>Relay</bdi> 25&nbsp;%, <bdi>Backup</bdi> 75&nbsp;%" in found


def test_an_address_leaves_through_the_first_that_is_well(browser: Client, relay: Provider, backup: Provider) -> None:
    page = tried(browser, relay)
    assert "It would leave now, through Relay." in page
    assert "It counts as Gmail: gmail.com is theirs." in page
    relay.pause("Paused by hand.")
    page = tried(browser, relay)
    assert "It would leave now, through Backup." in page
    assert "Relay is paused. Paused by hand." in page
    assert "It would wait." in tried(browser, relay, stream="transactional"), "the route is for campaigns"
    assert not Message.objects.exists()


def test_suppression_comes_first(browser: Client, relay: Provider) -> None:
    Suppression.objects.create(email="ana@gmail.com", reason="hard_bounce")
    page = tried(browser, relay, "Ana@gmail.com")
    assert "Nothing would be sent." in page
    assert "suppressed since" in page
    Suppression.objects.update(reason="unsubscribed")
    assert "Nothing would be sent." in tried(browser, relay)
    assert "It would leave now" in tried(browser, relay, stream="transactional"), "a confirmation they asked for"


def test_who_has_paused_their_mail_gets_no_campaign(browser: Client, relay: Provider) -> None:
    Contact.objects.create(email="ana@gmail.com", paused_until=timezone.now() + timedelta(days=3))
    assert "Nothing would be sent." in tried(browser, relay)
    assert "It would leave now" in tried(browser, relay, stream="transactional")


def test_limits_warm_up_and_a_slowed_mailbox_provider_are_said(browser: Client, relay: Provider) -> None:
    Provider.objects.filter(pk=relay.pk).update(per_second=5, per_day=100)
    MinuteCount.objects.create(provider=relay, minute=timezone.now(), count=40)
    warmup_plans.start(sender_domain="news.example.org", caps=[50, 100])
    LanePace.objects.create(provider=relay, lane="gmail", rate=12)
    page = tried(browser, relay)
    for words in ("5 a second", "60 left of 100 a day", "day 1: 50 of 50 left today", "about 12 a minute"):
        assert words in page
    LanePace.objects.update(held_until=timezone.now() + timedelta(hours=1))
    assert "It would wait." in tried(browser, relay)
    assert "It would leave now" in tried(browser, relay, "ana@example.org"), "another mailbox provider"
    MinuteCount.objects.update(count=100)
    assert "It would wait." in tried(browser, relay, "ana@example.org")


def test_the_mailbox_provider_of_a_domain_is_known_by_its_exchanger(browser: Client, relay: Provider) -> None:
    MailDomain.objects.create(
        domain="firm.example", lane="microsoft", mx="x.mail.protection.outlook.com", looked_up_at=timezone.now()
    )
    assert "firm.example takes its mail at x.mail.protection.outlook.com." in tried(browser, relay, "a@firm.example")


def test_a_rehearsal_goes_to_the_sandbox(browser: Client, relay: Provider) -> None:
    assert "It would go to the sandbox" in tried(browser, Provider.objects.sandbox())
    switching.begin(relay, [])
    page = tried(browser, relay)
    assert "It would go to the sandbox" in page
    assert "Relay is in rehearsal" in page


@pytest.mark.parametrize("service", sorted(catalogue.services()))
def test_a_provider_by_its_web_interface_carries_campaigns_and_single_mail(
    browser: Client, relay: Provider, service: str
) -> None:
    Provider.objects.filter(pk=relay.pk).update(kind="api", service=service, security="tls", per_day=100)
    for stream in ("marketing", "transactional"):
        page = tried(browser, relay, stream=stream)
        assert "It would leave now, through Relay." in page
        assert "Relay is reached by its web API" in page
        assert "100 left of 100 a day" in page
        on_condition = "Without List-Unsubscribe no newsletter should leave" in page
        assert on_condition == (service == "mailersend" and stream == "marketing")
    assert "<bdi>Relay</bdi>" in table(browser, relay)
    circuits.refused(relay, Category.PROVIDER_QUOTA, "402 not_enough_credits")
    assert "It would wait." in tried(browser, relay)


def test_the_language_that_a_person_gets_is_said_of_campaigns_alone(browser: Client, relay: Provider) -> None:
    person = Contact.objects.create(email="ana@gmail.com", language="de-AT", guessed_language="fr")
    assert "German, as they said: of a campaign in several languages" in tried(browser, relay)
    assert "several languages" not in tried(browser, relay, stream="transactional"), "it has one"
    Contact.objects.filter(pk=person.pk).update(language="")
    assert "French, as we guess: of a campaign" in tried(browser, relay)
    Contact.objects.filter(pk=person.pk).update(guessed_language="")
    assert "of a campaign in several languages they get the default." in tried(browser, relay)
    assert "several languages" not in tried(browser, relay, "nobody@gmail.com")


def test_an_address_that_no_envelope_can_name_gets_nothing(browser: Client, relay: Provider) -> None:
    page = tried(browser, relay, "größe@example.org")
    assert "Nothing would be sent." in page
    assert "a letter beyond ASCII before the @" in page


def test_a_campaign_from_a_domain_that_is_not_ours_would_not_be_sent(browser: Client, relay: Provider) -> None:
    SendingDomain.objects.update(confirmed_at=None)
    page = tried(browser, relay)
    assert "Nothing would be sent." in page
    assert "No admin has said yet that news.example.org is yours." in page


def test_nonsense_is_refused_in_words(browser: Client, relay: Provider) -> None:
    said: dict[str, str | int] = {"email": "ana", "sender": FROM, "stream": "marketing", "own": relay.pk}
    answer = browser.get(reverse("route-try"), said)
    assert answer.status_code == 422
    assert "An address has an @ in it." in answer.content.decode()
