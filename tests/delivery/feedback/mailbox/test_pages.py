"""Admins add, try, pause and remove mailboxes; a password goes in and never comes out."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import secrets
from accounts.egress.allowed import Allowed
from accounts.models import AuditEntry, User
from delivery import connection_tests
from delivery.connection_tests import Run, State, Step
from delivery.feedback.mailbox import check
from delivery.feedback.mailbox.account import Account
from delivery.feedback.mailbox.forms import ReturnMailboxForm
from delivery.models import ReturnMailbox
from delivery.oauth.tokens import NoToken
from delivery.tasks import read_mailbox
from tests.delivery.feedback.mailbox.dovecot import PASSWORD, Dovecot
from tests.running import until

pytestmark = pytest.mark.django_db
CANARY = "canary-93"


@pytest.fixture
def browser(admin: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(admin)


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Bounces",
        "protocol": "imap",
        "host": "imap.example.org",
        "port": 993,
        "security": "tls",
        "username": "bounces@example.org",
        "login_by": "password",
        "secret": CANARY,
        "folder": "INBOX",
        "afterwards": "move",
    } | changes


def stored(**changes: Any) -> ReturnMailbox:
    form = ReturnMailboxForm(typed(**changes))
    assert form.is_valid(), form.errors
    return form.save()


def test_a_mailbox_is_added_and_its_password_is_on_no_page(browser: Client) -> None:
    answer = browser.post(reverse("mailbox-new"), typed(), follow=True)
    mailbox = ReturnMailbox.objects.get()
    assert mailbox.secret == CANARY
    assert CANARY.encode() not in bytes(mailbox.secret_sealed or b"")
    pages = [
        answer.content,
        *(browser.get(reverse(name, args=[mailbox.pk])).content for name in ("mailbox", "mailbox-edit")),
    ]
    assert not [page for page in pages if CANARY.encode() in page]
    assert CANARY not in str(list(AuditEntry.objects.values()))
    refused = browser.post(reverse("mailbox-new"), typed(name=""))
    assert refused.status_code == 422
    assert CANARY.encode() not in refused.content


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("port", 25, "port 993, 143, 995 or 110"),
        ("port", 6379, "port 993, 143, 995 or 110"),
        ("host", "http://a b/", "not the name of a server"),
        ("host", "imap.example.org:993", "Leave out the port"),
        ("security", "none", "only a server on this machine"),
        ("secret", "", "Enter the password"),
        ("secret", "two\r\nlines", "one line"),
        ("username", "", "Enter the user name"),
        ("folder", "IN\r\nBOX", "invisible characters"),
    ],
)
def test_what_cannot_work_is_named_beside_its_field(field: str, value: object, words: str) -> None:
    form = ReturnMailboxForm(typed(**{field: value}))
    assert not form.is_valid()
    assert words in str(form.errors[field])


def test_two_mailboxes_of_one_name_are_refused() -> None:
    stored()
    assert "already" in str(ReturnMailboxForm(typed(name="BOUNCES")).errors["name"])


def test_an_empty_password_keeps_the_stored_one_for_the_same_server_only() -> None:
    mailbox = stored()
    renamed = ReturnMailboxForm(typed(name="Returned", secret=""), instance=mailbox)
    assert renamed.is_valid()
    assert renamed.save().secret == CANARY
    for change in ({"host": "evil.example.org"}, {"port": 143}, {"security": "starttls"}, {"protocol": "pop3"}):
        form = ReturnMailboxForm(typed(secret="", **change), instance=ReturnMailbox.objects.get())
        assert "not sent to another server" in str(form.errors["secret"])


@pytest.mark.parametrize(
    "change", [{"login_by": "token"}, {"login_by": "token", "host": "outlook.office365.com"}, {"port": 995}]
)
def test_who_goes_over_to_signing_in_sends_no_stored_password_as_a_token(change: dict[str, object]) -> None:
    mailbox = stored(host="imap.gmail.com", login_by="token" if "port" in change else "password")
    form = ReturnMailboxForm(
        typed(**{"host": "imap.gmail.com", "login_by": "token", "secret": "", **change}), instance=mailbox
    )
    assert form.is_valid()
    form.save()
    kept = ReturnMailbox.objects.get()
    assert (kept.secret, kept.secret_set_at) == ("", None)
    with pytest.raises(NoToken, match="Nobody has signed in yet"):
        Account.of(kept)


def test_another_folder_is_read_from_its_beginning_and_a_new_password_is_tried_at_once() -> None:
    mailbox = stored()
    mailbox.uid_validity, mailbox.last_uid = 7, 70
    mailbox.save()
    mailbox.fails("Refused.", "Enter it again.", "", is_login=True)
    ReturnMailboxForm(typed(secret="another"), instance=mailbox).save()
    mailbox.refresh_from_db()
    assert (mailbox.failures, mailbox.last_uid) == (0, 70)
    assert ReturnMailbox.objects.due().exists()
    ReturnMailboxForm(typed(folder="Returned"), instance=mailbox).save()
    assert ReturnMailbox.objects.filter(uid_validity=None, last_uid=0).exists()


def test_the_connection_is_tested_live_and_then_the_mailbox_is_read(
    browser: Client, box: Dovecot, settings: Settings
) -> None:
    settings.ALLOW_ANY_SMTP_PORT, settings.EGRESS_ALLOW = True, Allowed.read("127.0.0.0/8")
    here = {"host": "127.0.0.1", "port": box.ports["imap"], "security": "none", "username": box.user}
    answer = browser.post(reverse("mailbox-new"), typed(secret=PASSWORD, test="1", **here))
    key = uuid.UUID(answer["Location"].partition("?test=")[2])
    mailbox = ReturnMailbox.objects.get()
    address = reverse("mailbox-test-steps", args=[mailbox.pk, key])
    until(lambda: (run := check.find(mailbox.pk, key)) and run.is_done)
    page = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "The connection works" in page
    assert "Open the mailbox" in page
    assert browser.get(address).status_code == 302
    box.lay(b"Subject: Hello\r\n\r\nHello\r\n")
    read_mailbox(mailbox_id=mailbox.pk)
    mailbox.refresh_from_db()
    assert mailbox.looked_at == 1
    assert "of 1 mail looked" in " ".join(browser.get(reverse("mailbox", args=[mailbox.pk])).content.decode().split())


def test_what_a_test_found_out_is_kept_unless_the_mailbox_was_changed_meanwhile() -> None:
    mailbox = stored()
    account = Account.of(mailbox)
    failed = [Step("dns", State.BAD, 1, "There is no such server.", "Check the name.")]
    check.note(mailbox.pk, account, Run(uuid.uuid4(), check.STEPS, failed, is_done=True))
    mailbox.refresh_from_db()
    assert mailbox.problem == "There is no such server."
    passed = [Step(name, State.GOOD, 1, "Good.") for name in check.STEPS]
    check.note(mailbox.pk, account, Run(uuid.uuid4(), check.STEPS, passed, is_done=True))
    mailbox.refresh_from_db()
    assert mailbox.problem == ""
    ReturnMailbox.objects.update(host="other.example.org")
    check.note(mailbox.pk, account, Run(uuid.uuid4(), check.STEPS, failed, is_done=True))
    check.note(mailbox.pk + 1, account, Run(uuid.uuid4(), check.STEPS, failed, is_done=True))
    mailbox.refresh_from_db()
    assert mailbox.problem == ""


def test_a_mailbox_that_cannot_be_read_needs_somebody_on_home(
    browser: Client, viewer: User, client_for: Callable[[User], Client]
) -> None:
    mailbox = stored()
    mailbox.fails("The server refused the user name or the password.", "Make an app password.", "NO <b>no</b>")
    assert b"is in trouble" not in browser.get(reverse("home")).content
    mailbox.fails("The server refused the user name or the password.", "Make an app password.", "NO <b>no</b>")
    home = browser.get(reverse("home")).content.decode()
    assert "The mailbox “Bounces” is in trouble" in home
    assert reverse("mailbox", args=[mailbox.pk]) in home
    seen = client_for(viewer).get(reverse("home")).content.decode()
    assert "An admin can see to it." in seen
    assert reverse("mailbox", args=[mailbox.pk]) not in seen
    page = browser.get(reverse("mailbox", args=[mailbox.pk])).content.decode()
    assert "Make an app password." in page
    assert "&lt;b&gt;no" in page
    browser.post(reverse("mailbox-pause", args=[mailbox.pk]))
    assert b"is in trouble" not in browser.get(reverse("home")).content


def test_removing_a_mailbox_deletes_its_password(browser: Client) -> None:
    mailbox = stored()
    browser.post(reverse("mailbox-remove", args=[mailbox.pk]))
    assert not ReturnMailbox.objects.exists()
    assert AuditEntry.objects.filter(action="mailbox.removed").exists()


def test_as_many_tests_as_there_may_be_are_said_so(browser: Client) -> None:
    mailbox = stored()
    held = 0
    while connection_tests._slots.acquire(blocking=False):
        held += 1
    try:
        page = browser.post(reverse("mailbox-test", args=[mailbox.pk]), follow=True).content.decode()
    finally:
        for _ in range(held):
            connection_tests._slots.release()
    assert "Try again in a minute" in page


def test_passwords_of_mailboxes_are_sealed_anew_with_all_others(settings: Settings) -> None:
    mailbox = stored()
    old = settings.SECRETS_KEYS
    settings.SECRETS_KEYS = ["3q2-7wQd1b1l0m6kqJrR0wBvT3pL2m9yC8xZ5aQeYtU=", *old]
    call_command("rotate_secrets")
    settings.SECRETS_KEYS = settings.SECRETS_KEYS[:1]
    mailbox.refresh_from_db()
    assert mailbox.secret == CANARY
    settings.SECRETS_KEYS = old
    with pytest.raises(secrets.Unreadable):
        _ = mailbox.secret
