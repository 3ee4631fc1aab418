"""The interface for test suites, spoken to as they do."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from delivery.models import SandboxKey, SandboxMail, SandboxMailbox
from delivery.sandbox import store
from delivery.sandbox.api import keys, reading
from delivery.sandbox.store import Mail

pytestmark = pytest.mark.django_db
ROOT = "/api/sandbox/v1/messages"
ClientFor = Callable[[User], Client]


def box(name: str = "QA") -> tuple[SandboxMailbox, str]:
    made = SandboxMailbox.objects.create(name=name)
    return made, keys.issue(made, "suite").key


def put(mailbox: SandboxMailbox, to: str, subject: str) -> SandboxMail:
    raw = (
        f"From: Shop <shop@nordlicht.example>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n'
        '<p>Confirm <a href="https://shop.example/c/1">here</a></p>\r\n--b\r\nContent-Type: application/pdf\r\n'
        'Content-Disposition: attachment; filename="bill.pdf"\r\n\r\nPDF\r\n--b--\r\n'
    )
    store.write([Mail("bounce@nordlicht.example", (to,), raw.encode(), mailbox.pk)])
    return SandboxMail.objects.latest("id")


def ask(key: str, path: str = "", method: str = "get", **query: Any) -> Any:
    header = {"Authorization": f"Bearer {key}"} if key else {}
    return getattr(Client(enforce_csrf_checks=True), method)(ROOT + path, query, headers=header)


def test_mails_are_listed_searched_read_and_deleted() -> None:
    mailbox, key = box()
    first, second = put(mailbox, "ana@x.example", "Welcome"), put(mailbox, "ben@x.example", "Order 7")
    assert [mail["id"] for mail in ask(key).json()["messages"]] == [second.pk, first.pk]
    page = ask(key, limit=1).json()
    assert [mail["subject"] for mail in ask(key, before=page["before"]).json()["messages"]] == ["Welcome"]
    for query in ({"to": "ANA@x.example"}, {"subject": "welc"}, {"query": "confirm to:ana"}, {"before": second.pk}):
        assert [mail["id"] for mail in ask(key, **query).json()["messages"]] == [first.pk]
    found = ask(key, f"/{first.pk}").json()
    assert found["links"] == [{"text": "here", "url": "https://shop.example/c/1"}]
    assert found["attachments"] == [{"number": 1, "type": "application/pdf", "name": "bill.pdf", "size": 3}]
    attached = ask(key, f"/{first.pk}/attachments/1")
    assert (attached.content, attached.headers["Content-Type"]) == (b"PDF", "application/octet-stream")
    assert "attachment" in attached.headers["Content-Disposition"]
    assert ask(key, f"/{first.pk}/attachments/2").status_code == 404
    assert {"name": "Subject", "value": "Welcome"} in found["headers"]
    assert ask(key, f"/{first.pk}/raw").content == first.source
    assert ask(key, f"/{first.pk}", "delete").json() == {"deleted": 1}
    assert ask(key, f"/{first.pk}").status_code == 404
    assert ask(key, "", "delete").json() == {"deleted": 1}


def test_a_key_opens_its_own_mailbox_and_nothing_else() -> None:
    mailbox, key = box()
    other, others_key = box("Other")
    mail = put(other, "ana@x.example", "Secret")
    assert ask(key).json()["messages"] == []
    for path, method in ((f"/{mail.pk}", "get"), (f"/{mail.pk}", "delete"), (f"/{mail.pk}/raw", "get")):
        assert ask(key, path, method).status_code == 404
    assert ask(key, f"/{mail.pk}/attachments/1").status_code == 404
    assert ask(key, "?to=ana@x.example", "delete").json()["deleted"] == 0
    ask(key, "", "delete")
    assert ask(others_key, f"/{mail.pk}").status_code == 200
    for wrong in ("", "tps_", key + "x", key[:-1], "Basic x"):
        assert ask(wrong).status_code == 401
    header = {"Authorization": f"Bearer {key}"}
    for page in ("/sandbox/", "/contacts/", "/settings/"):
        assert Client().get(page, headers=header).status_code == 302  # to the login
    assert key.encode() not in bytes(SandboxKey.objects.get(mailbox=mailbox).digest)
    SandboxKey.objects.filter(mailbox=mailbox).delete()
    assert ask(key).status_code == 401


def test_what_matches_is_deleted_and_an_empty_condition_deletes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailbox, key = box()
    monkeypatch.setattr(reading, "MOST", 2)  # a request goes through them two by two
    kept = put(mailbox, "ben@x.example", "Welcome")
    for number in range(5):
        put(mailbox, "ana@x.example", f"Order {number}")
    newest = put(mailbox, "ana@x.example", "Welcome")
    empty = ("?to=", "?subject=%20", "?query=%22%22", "?query=to:%22%22", "?query=to:%22")
    for refused in (*empty, "?too=ana@x.example", "?to=ana@x.example&limit=1"):
        assert ask(key, refused, "delete").status_code == 400
    assert ask(key, f"?to=ana@x.example&before={newest.pk}", "delete").json() == {"deleted": 5, "before": None}
    assert [mail["id"] for mail in ask(key).json()["messages"]] == [newest.pk, kept.pk]


def test_waiting_ends_with_the_mail_or_with_a_word_that_none_came(monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox, key = box()
    old = put(mailbox, "ana@x.example", "Welcome")
    assert ask(key, "/wait", to="ana@x.example", timeout=5).json()["message"]["id"] == old.pk
    nothing = ask(key, "/wait", to="ana@x.example", after=old.pk, timeout=0)
    assert (nothing.status_code, nothing.headers["Retry-After"]) == (408, "1")
    came: list[int] = []
    monkeypatch.setattr("time.sleep", lambda _: came.append(put(mailbox, "ana@x.example", "Second").pk))
    assert ask(key, "/wait", to="ana@x.example", after=old.pk, timeout=5).json()["message"]["id"] == came[-1]


def test_what_is_not_understood_is_said_and_too_much_is_told_to_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    _, key = box()
    assert "Unknown: sujet" in ask(key, sujet="x").json()["error"]
    for wrong in ({"limit": "x"}, {"to": "\0"}, {"query": "x" * 201}, {"after": "-1"}):
        assert ask(key, **wrong).status_code == 400
    assert ask(key, "", "post").status_code == 405
    monkeypatch.setattr(keys, "REQUESTS_A_MINUTE", 0)
    assert ask(key).status_code == 429
    cache.clear()


def test_an_admin_makes_a_key_sees_it_once_and_takes_it_back(admin: User, client_for: ClientFor) -> None:
    mailbox, _ = box()
    client = client_for(admin)
    page = client.post(f"/sandbox/mailboxes/{mailbox.pk}/keys/", {"note": "CI"}).content.decode()
    key = page.partition('id="mailbox-key">')[2].partition("<")[0]
    assert ask(key).status_code == 200
    assert key not in client.get(f"/sandbox/mailboxes/{mailbox.pk}/").content.decode()
    client.post(f"/sandbox/keys/{SandboxKey.objects.get(note='CI').pk}/remove/")
    assert ask(key).status_code == 401
