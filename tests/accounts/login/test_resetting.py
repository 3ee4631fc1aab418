"""Mails to staff leave through a real SMTP server of the test, by the product's own thread."""

import re
import threading
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts.models import AuditEntry, Invitation, User
from accounts.people import mailing
from accounts.people.mailing import Mail
from delivery import staff_mail
from delivery.models import Provider
from tests.accounts.two_factor.app import PASSWORD, first_step, turn_on
from tests.mailbox import Mailbox
from tests.running import free_port, until

pytestmark = pytest.mark.django_db(transaction=True)  # the thread sees what was committed

Browser = Callable[[User], Client]
NEW = "another stapled horse"


@pytest.fixture(autouse=True)
def _forget_earlier_attempts() -> None:
    cache.clear()


def ask(email: str, address: str = "127.0.0.1") -> str:
    page = Client().post("/login/reset/", {"email": email}, REMOTE_ADDR=address).content.decode()
    return re.sub(r"(?m)^.*csrf.*$", "", page, flags=re.IGNORECASE)


def test_a_forgotten_password_is_replaced_by_mail(relay: Provider, mailbox: Mailbox, owner: User) -> None:
    assert "/login/reset/" in Client().get("/login/").content.decode()
    assert "Look into your mail" in ask(owner.email.upper())
    path, browser = mailbox.next_link(owner.email), Client()
    assert owner.email in browser.get(path).content.decode()
    assert browser.post(path, {"new": "short"}).status_code == 422
    assert "Log in with it now" in browser.post(path, {"new": NEW}, follow=True).content.decode()
    assert browser.get("/account/").status_code == 302
    assert Client().post("/login/", {"login": owner.email, "password": NEW}).status_code == 302
    trail = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"password.reset_asked", "password.reset_by_mail"} <= trail


def test_the_answer_does_not_tell_whether_an_account_exists(relay: Provider, mailbox: Mailbox, owner: User) -> None:
    assert ask("nobody@nordlicht.example") == ask(owner.email)
    mailbox.next_link(owner.email)
    assert mailbox.new == []


def test_the_link_works_once_and_ends_all_sessions(
    relay: Provider, mailbox: Mailbox, client_for: Browser, owner: User
) -> None:
    ask(owner.email)
    path, before = mailbox.next_link(owner.email), client_for(User.objects.get())
    User.objects.update(last_login=None)
    Client().post(path, {"new": NEW})
    assert before.get("/account/").status_code == 302
    again = Client().post(path, {"new": "yet another horse"})
    assert again.status_code == 404
    assert "no longer works" in again.content.decode()
    assert User.objects.get().check_password(NEW)


@pytest.mark.parametrize("token", ["x", "1-x", "99999999999999999999-a", "²-a", "1-a-b"])
def test_invented_links_open_nothing(owner: User, token: str) -> None:
    assert Client().get(f"/login/reset/{token}/").status_code == 404


def test_a_reset_never_skips_the_second_factor(
    relay: Provider, mailbox: Mailbox, client_for: Browser, owner: User
) -> None:
    turn_on(client_for(owner))
    ask(owner.email)
    browser, path = Client(), mailbox.next_link(owner.email)
    browser.post(path, {"new": NEW})
    answer = browser.post("/login/", {"login": owner.email, "password": NEW})
    assert answer.headers["Location"] == "/login/second-factor/"
    assert browser.get("/account/").status_code == 302


def test_deactivated_people_get_no_link(relay: Provider, mailbox: Mailbox, owner: User, viewer: User) -> None:
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    assert ask(viewer.email) == ask("nobody@nordlicht.example")
    ask(owner.email)
    mailbox.next_link(owner.email)
    assert mailbox.new == []


def test_asking_is_limited_by_address_and_by_network(relay: Provider, mailbox: Mailbox, owner: User) -> None:
    for number in range(8):
        assert "Look into your mail" in ask(owner.email, f"198.51.{number}.7")
    until(lambda: len(mailbox.new) == 5)
    for _ in range(5):
        ask("nobody@nordlicht.example", "203.0.113.9")
    assert "Too many tries" in ask("nobody@nordlicht.example", "203.0.113.9")
    assert len(mailbox.new) == 5


def test_a_burst_of_mails_arrives_as_a_whole(relay: Provider, mailbox: Mailbox, owner: User) -> None:
    everybody = [f"colleague{number}@nordlicht.example" for number in range(30)]
    with transaction.atomic():
        for person in everybody:
            mailing.send(Mail(to=person, subject="Monday", text="See you."))
    until(lambda: len(mailbox.new) == len(everybody))
    assert sorted(to for to, _ in mailbox.new) == sorted(everybody)


def test_an_invitation_that_finds_too_many_mails_waiting_says_so(
    relay: Provider, client_for: Browser, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_mail, "_places", threading.Semaphore(0))
    client_for(owner).post("/settings/people/invite/", {"email": "neu@nordlicht.example", "role": "viewer"})
    assert Invitation.objects.get().mail_problem == "Too many mails wait already."


@pytest.mark.parametrize("trouble", ["none", "paused", "failed its test", "sandbox"])
def test_without_a_healthy_real_provider_nothing_is_mailed(
    relay: Provider, mailbox: Mailbox, owner: User, trouble: str
) -> None:
    if trouble == "paused":
        relay.pause("Paused by hand.")
    elif trouble == "failed its test":
        relay.failed_test("Nothing listens there.")
    else:
        relay.delete()
        Provider.objects.sandbox()
    assert "manage.py reset_password" in Client().get("/login/").content.decode()
    assert "manage.py reset_password" in Client().get("/login/reset/").content.decode()
    assert "Look into your mail" in ask(owner.email)
    assert not AuditEntry.objects.exists()


def test_the_next_provider_carries_what_the_first_cannot(relay: Provider, mailbox: Mailbox, owner: User) -> None:
    Provider.objects.create(name="A dead one", host="127.0.0.1", port=free_port(), security="none")
    ask(owner.email)
    assert mailbox.next_link(owner.email).startswith("/login/reset/")


def test_an_invitation_is_mailed(relay: Provider, mailbox: Mailbox, client_for: Browser, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(name="محمد Müller-Łęcka")
    browser = client_for(owner)
    page = browser.post("/settings/people/invite/", {"email": "neu@nordlicht.example", "role": "viewer"}, follow=True)
    assert "on its way to neu@nordlicht.example" in page.content.decode()
    path = mailbox.next_link("neu@nordlicht.example")
    mail = mailbox.all[-1][1]
    assert mail["Subject"] == "محمد Müller-Łęcka invites you to Nordlicht Books"
    assert mail["From"] == "Nordlicht Books <news@nordlicht.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    until(lambda: Invitation.objects.get().mail_state == "sent")
    assert "mailed" in browser.get("/settings/people/").content.decode()
    assert Client().post(path, {"name": "Nele Neu", "password": PASSWORD}).status_code == 302
    assert first_step(Client(), "neu@nordlicht.example") == "/"


def test_an_invitation_whose_mail_was_refused_says_so(relay: Provider, client_for: Browser, owner: User) -> None:
    browser = client_for(owner)
    browser.post("/settings/people/invite/", {"email": "nobody@elsewhere.example", "role": "viewer"})
    until(lambda: Invitation.objects.get().mail_state == "failed")
    page = browser.get("/settings/people/").content.decode()
    assert "The mail did not leave" in page
    assert "no such user here" in page


def test_a_mail_that_cannot_be_written_is_not_blamed_on_the_server_s_name(relay: Provider) -> None:
    sent = staff_mail.send_raw_through(
        relay, b"Subject: Hello\r\n\r\nHello", sender="dörte@a.example", to="b@c.example"
    )
    assert sent == staff_mail.Outcome(f"{relay}: the mail cannot be read, so that it could be handed over.")
