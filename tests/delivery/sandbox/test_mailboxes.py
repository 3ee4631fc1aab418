"""Mailboxes and their logins, by real SMTP conversations and by the pages."""

import re
import smtplib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from delivery.models import SandboxLogin, SandboxMail, SandboxMailbox
from delivery.sandbox.mailboxes import logins, searching, sweeping
from tests.delivery.sandbox.conftest import RAW, Server
from tests.delivery.sandbox.test_server import wait_for

ClientFor = Callable[[User], Client]


def box(name: str = "Staging", **limits: int) -> SandboxMailbox:
    return SandboxMailbox.objects.create(name=name, **limits)


def send_as(port: int, username: str, password: str, auth: str = "PLAIN") -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as smtp:
        smtp.ehlo()
        smtp.esmtp_features["auth"] = auth
        smtp.login(username, password)
        smtp.sendmail("shop@nordlicht.example", ["ana@example.org"], RAW)


def test_each_login_fills_its_own_mailbox_and_none_without_the_right_password(server: Server) -> None:
    staging, other = box("Staging"), box("QA")
    first, second, others = logins.issue(staging, ""), logins.issue(staging, "shop"), logins.issue(other, "")
    wait_for(lambda: _works(server, others))
    send_as(server.port, first.login.username, first.password, "PLAIN")
    send_as(server.port, second.login.username, second.password, "LOGIN")
    for password in ("", first.password, others.password + "x"):
        with pytest.raises(smtplib.SMTPAuthenticationError, match=r"5\.7\.8"):
            send_as(server.port, others.login.username, password)
    assert SandboxMail.objects.filter(mailbox=staging).count() == 2
    assert SandboxMail.objects.filter(mailbox=other).count() == 1
    second.login.delete()
    wait_for(lambda: not _works(server, second))


def _works(server: Server, issued: logins.Issued) -> bool:
    try:
        send_as(server.port, issued.login.username, issued.password)
    except smtplib.SMTPAuthenticationError:
        return False
    return True


def kept(mailbox: SandboxMailbox, count: int, **fields: object) -> list[SandboxMail]:
    given = {"envelope_from": "a@b.example", "envelope_to": "c@d.example", "size_bytes": 1, "raw": b"", **fields}
    return SandboxMail.objects.bulk_create(SandboxMail(mailbox=mailbox, **given) for _ in range(count))


@pytest.mark.django_db
def test_a_mailbox_keeps_its_newest_mails_and_none_that_is_too_old() -> None:
    small, young, removed = box("Small", keep_mails=3), box("Young", keep_days=2), box("Removed")
    mails = {each: kept(each, 5) for each in (small, young, removed)}
    old = [mail.pk for mail in mails[young][:2]]
    SandboxMail.objects.filter(pk__in=old).update(received_at=timezone.now() - timedelta(days=3))
    SandboxMailbox.objects.filter(pk=removed.pk).delete()
    assert sweeping.sweep() == 2 + 2 + 5
    left = SandboxMail.objects.order_by("pk").values_list("pk", flat=True)
    assert list(left) == [mail.pk for mail in mails[small][2:] + mails[young][2:]]


@pytest.mark.django_db
def test_a_search_whose_time_is_up_says_how_far_it_came_and_goes_on_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "BLOCK", 4)
    monkeypatch.setattr(searching, "SECONDS", -1)
    mailbox = box()
    wanted = kept(mailbox, 1, words="needle")[0]
    kept(mailbox, 9, words="hay")
    seen, before = [], None
    for _ in range(3):
        found = searching.older(mailbox.pk, "needle", before=before, limit=50)
        seen += [mail.pk for mail in found.mails]
        before = found.stopped_at.pk if found.stopped_at else None
    assert seen == [wanted.pk]
    assert before is None


@pytest.mark.django_db
def test_an_admin_opens_a_mailbox_to_a_program_and_sees_its_password_once(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    client.post("/sandbox/mailboxes/new/", {"name": "Staging", "keep_mails": 100, "keep_days": 7})
    made = SandboxMailbox.objects.get(name="Staging")
    page = client.post(f"/sandbox/mailboxes/{made.pk}/logins/", {"note": "web shop"})
    password = re.findall(r'id="login-password">([^<]+)<', page.content.decode())[0]
    login = SandboxLogin.objects.get()
    assert page.headers["Cache-Control"] == "no-store"
    assert logins.mailbox_of(logins.known(), login.username, password) == made.pk
    assert password not in client.get(f"/sandbox/mailboxes/{made.pk}/").content.decode()
    assert password.encode() not in bytes(login.digest)
    assert "Staging" in client.get("/sandbox/").content.decode()
    client.post(f"/sandbox/mailboxes/{made.pk}/remove/")
    assert not SandboxLogin.objects.exists()
    assert "Rehearsals need this mailbox" in client.post("/sandbox/mailboxes/0/remove/", follow=True).content.decode()
