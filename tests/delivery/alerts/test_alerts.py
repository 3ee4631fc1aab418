"""An alarm and its all-clear leave through a real SMTP server of the test, once to each who can mend it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import User
from accounts.shell.alarms import Alarm, kind_of
from campaigns.models import Campaign
from delivery.alerts import mailing, watching
from delivery.domains.models import SendingDomain
from delivery.feedback.webhooks import managing
from delivery.models import Alert, AlertMail, Batch, Breaker, FeedbackHour, Provider, ReturnMailbox, Webhook
from delivery.providers.out_of_service import PAUSED_BY_HAND
from tests.campaigns import letters
from tests.mailbox import Mailbox
from tests.running import free_port

pytestmark = pytest.mark.django_db
START = timezone.now()
State = AlertMail.State


def text_of(page: Any) -> str:
    """The words of a page, without its marks."""
    return " ".join(unescape(strip_tags(page.content.decode())).split())


def minutes(number: int) -> datetime:
    return START + timedelta(minutes=number)


def pass_by(first: int, last: int) -> int:
    """As the timetable does it. How many were mailed."""
    told = 0
    for minute in range(first, last + 1, 3):
        watching.look(minutes(minute))
        told += mailing.tell(minutes(minute))
    return told


@pytest.fixture
def broken(relay: Provider, owner: User) -> Provider:
    """The usual way out, which somebody or something stopped; the relay of the test is another."""
    made = Provider.objects.create(
        name="Way out", host="127.0.0.1", port=free_port(), state="paused", state_reason="Refused our password."
    )
    made.make_default()
    return made


def test_trouble_is_told_once_by_another_way_and_so_is_its_end(
    broken: Provider,
    mailbox: Mailbox,
    owner: User,
    admin: User,
    marketer: User,
) -> None:
    assert pass_by(0, 1) == 0  # it may mend itself
    assert pass_by(2, 30) == 2
    assert sorted(to for to, _ in mailbox.new) == sorted([owner.email, admin.email])
    (_, mail), _ = mailbox.new
    assert mail["Subject"] == "Nordlicht Books: Way out is paused"
    text = mail.get_content()
    assert "Refused our password." in text
    assert f"https://news.nordlicht.example/providers/{broken.pk}/" in text
    assert "https://news.nordlicht.example/account/#alerts" in text

    Provider.objects.filter(pk=broken.pk).update(state="active")
    assert pass_by(31, 40) == 0
    Provider.objects.filter(pk=broken.pk).update(state="paused")  # it comes and goes: the same trouble
    assert pass_by(41, 60) == 0
    Provider.objects.filter(pk=broken.pk).update(state="active")
    assert pass_by(61, 90) == 2
    assert mailbox.new[-1][1]["Subject"] == "All clear: Way out is paused"
    assert pass_by(91, 100) == 0

    Provider.objects.filter(pk=broken.pk).update(state="paused")
    assert pass_by(101, 110) == 2  # another trouble


def choose(client: Client, user: User, *kinds: Alarm) -> str:
    """What the page says after that."""
    client.force_login(user)
    page = client.post("/account/alerts/", {"kinds": kinds}, follow=True)
    assert page.status_code == 200
    return text_of(page)


def test_several_troubles_are_one_mail_and_who_wants_none_gets_none(
    broken: Provider,
    mailbox: Mailbox,
    owner: User,
    admin: User,
    marketer: User,
    client: Client,
) -> None:
    choose(client, admin)
    batch = Batch.objects.create(
        rehearsal=False, content_kind="edition", content_id=1, state="paused", stop_rule="bounces", total=9
    )
    Batch.objects.filter(pk=batch.pk).update(started_at=START, state_reason="12 % bounced.")
    campaign: Campaign = letters.draft(marketer, name="Spring sale", batch=batch)
    assert pass_by(0, 5) == 1
    ((to, mail),) = mailbox.new
    assert to == owner.email
    assert mail["Subject"] == "Nordlicht Books: 2 things need you"
    text = mail.get_content().replace("\r\n", "\n")
    assert "stopped itself\n12 % bounced." in text
    assert f"https://news.nordlicht.example{campaign.get_absolute_url()}" in text


def test_each_person_chooses_which_kinds_are_mailed_and_home_shows_all(
    broken: Provider, mailbox: Mailbox, owner: User, admin: User, client: Client
) -> None:
    webhook_refused(broken)
    choose(client, owner, Alarm.PROVIDER)
    choose(client, admin, Alarm.WEBHOOK, Alarm.DOMAIN)
    assert pass_by(0, 5) == 2
    told = {to: mail["Subject"] for to, mail in mailbox.new}
    assert told[owner.email] == "Nordlicht Books: Way out is paused"
    assert "Postmark" in told[admin.email]
    client.force_login(owner)
    home = text_of(client.get("/"))
    assert "Way out is paused" in home
    assert "What Postmark reports is refused" in home


def test_who_was_told_of_a_trouble_is_told_of_its_end_and_nobody_else(
    broken: Provider, mailbox: Mailbox, owner: User, admin: User, client: Client
) -> None:
    choose(client, admin)
    assert pass_by(0, 5) == 1
    choose(client, owner)
    Provider.objects.filter(pk=broken.pk).update(state="active")
    assert pass_by(6, 40) == 1
    to, mail = mailbox.new[-1]
    assert (to, mail["Subject"]) == (owner.email, "All clear: Way out is paused")


def test_page_names_what_nobody_is_mailed_about(owner: User, admin: User, marketer: User, client: Client) -> None:
    nobody = "Nobody who looks after the mail here gets these by mail"
    client.force_login(owner)
    assert nobody not in text_of(client.get("/account/"))
    every_other = [alarm for alarm in Alarm if alarm != Alarm.COMPLAINTS]
    assert nobody not in choose(client, owner, *every_other)  # the admin gets them
    page = choose(client, admin, *every_other)
    assert f"{nobody}; they stand on Home only: {Alarm.COMPLAINTS.label} " in page
    assert nobody not in choose(client, admin, *Alarm)
    client.force_login(marketer)
    assert "Alarms" not in text_of(client.get("/account/"))
    assert client.post("/account/alerts/", {}).status_code == 403


def provider_open(relay: Provider) -> str:
    Breaker.objects.create(provider=relay, state="open", words="It refuses the login.", since=START, next_try_at=START)
    return f"provider {relay.pk}"


def test_a_provider_out_of_order_is_told_with_the_cure(relay: Provider, mailbox: Mailbox, owner: User) -> None:
    out = Provider.objects.create(name="Way out", host="127.0.0.1", port=free_port())
    Breaker.objects.create(provider=out, state="open", cause="login", words="535", since=START, next_try_at=START)
    assert pass_by(0, 5) == 1
    ((_, mail),) = mailbox.new
    assert mail["Subject"].endswith("Way out is out of order")
    text = " ".join(mail.get_content().split())
    assert "It refuses the user name or password. Enter the password again, then test the connection." in text


def dns_broken(relay: Provider) -> str:
    made = SendingDomain.objects.create(name="shop.example", confirmed_at=START, state="fails", broken_since=START)
    return f"domain {made.pk}"


def complained_of(relay: Provider) -> str:
    Batch.objects.create(rehearsal=False, content_kind="edition", content_id=1, accepted=1000, started_at=START)
    FeedbackHour.objects.create(hour=START.replace(minute=0, second=0, microsecond=0), complained=5)
    return "complaints"


def webhook_refused(relay: Provider) -> str:
    made = managing.add("postmark", provider=relay, label="")
    Webhook.objects.update(last_refused_at=START, refusal="The password does not fit.")
    return f"webhook {made.pk}"


def mailbox_unreachable(relay: Provider) -> str:
    made = ReturnMailbox.objects.create(name="Returns", host="imap.example", username="returns")
    made.fails("It refuses the password.", "Enter it anew.", "")
    made.fails("It refuses the password.", "Enter it anew.", "")
    return f"returned mailbox {made.pk}"


HAPPENINGS = [provider_open, dns_broken, complained_of, webhook_refused, mailbox_unreachable]


@pytest.mark.parametrize("happens", HAPPENINGS)
def test_what_needs_somebody_at_once_is_an_alarm(
    happens: Callable[[Provider], str], relay: Provider, owner: User
) -> None:
    watching.look(minutes(0))
    assert not Alert.objects.exists()
    about = happens(relay)
    for minute in (3, 6):
        watching.look(minutes(minute))
    alert = Alert.objects.get()
    assert (alert.about, alert.over_at) == (about, None)
    assert kind_of(alert.about) in Alarm
    assert alert.title
    assert alert.url


def test_alarm_waits_for_a_server_is_tried_again_and_never_sent_twice(
    broken: Provider,
    relay: Provider,
    mailbox: Mailbox,
    owner: User,
    admin: User,
) -> None:
    Provider.objects.filter(pk=relay.pk).update(state="paused")
    Provider.objects.filter(pk=relay.pk).update(state_reason=PAUSED_BY_HAND)
    assert pass_by(0, 5) == 0
    assert not AlertMail.objects.exists()
    assert [alert.about for alert in Alert.objects.all()] == [f"provider {broken.pk}"]  # nobody is told what they did
    port = relay.port
    Provider.objects.filter(pk=relay.pk).update(state="active", port=free_port())
    AlertMail.objects.create(  # whose worker died in the midst of it
        alert=Alert.objects.get(about=f"provider {broken.pk}"), user=admin, news="begun", tried_at=START
    )
    assert pass_by(6, 6) == 0
    assert AlertMail.objects.get(user=owner, alert__about=f"provider {broken.pk}").state == State.FAILED
    Provider.objects.filter(pk=relay.pk).update(port=port)
    assert pass_by(7, 40) == 1
    assert [to for to, _ in mailbox.new] == [owner.email]
    assert AlertMail.objects.filter(state=State.UNDER_WAY).count() == 1
