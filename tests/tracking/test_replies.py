"""The log of replies: found by what people ask for, page by page, and exported."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from delivery.ledger.uncertain import HEARD
from delivery.models import Attempt, Batch, Message, MessageState, Proof, Provider
from tracking.message_log.replies import accepted, reading, tries
from tracking.message_log.replies.asking import Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(marketer: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(marketer)


def provider(name: str = "Relay") -> Provider:
    return Provider.objects.get_or_create(name=name, defaults={"host": "127.0.0.1", "security": "none"})[0]


def sent(*emails: str, through: Provider | None = None, at: datetime | None = None) -> Batch:
    """A campaign that is over; everybody was accepted at the first try."""
    carrier, at = through or provider(), at or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_idblock SET next_id = next_id + %s RETURNING next_id - %s", [len(emails)] * 2)
        first = cursor.fetchone()[0]
    given: dict[str, Any] = {"content_kind": "edition", "content_id": 1, "rehearsal": False, "state": "done"}
    batch = Batch.objects.create(
        provider=carrier, first_id=first, last_id=first + len(emails) - 1, started_at=at, finished_at=at, **given
    )
    Proof.objects.create(batch=batch, provider=carrier)
    Message.objects.bulk_create(
        Message(
            id=first + i, batch=batch, email=email, state=MessageState.ACCEPTED, attempts=1, provider_id=carrier.pk,
            accepted_at=at,
        )
        for i, email in enumerate(emails)
    )  # fmt: skip
    return batch


def said(batch: Batch, email: str, decision: str = "refused", at: datetime | None = None, **words: Any) -> Attempt:
    message = Message.objects.get(batch=batch, email=email)
    given = {"stage": "rcpt", "code": 550, "enhanced": "5.1.1", "text": "no such user", "category": "invalid_recipient"}
    made = Attempt.objects.create(
        message_id=message.pk, batch=batch, provider_id=message.provider_id, decision=decision, **(given | words)
    )
    if at:
        Attempt.objects.filter(pk=made.pk).update(at=at)
    return made


def emails(**wanted: Any) -> list[str]:
    return [reply.email for reply in reading.page(Wanted(**wanted)).rows]


def test_replies_are_found_by_outcome_code_provider_mailbox_and_part_of_an_address(browser: Client) -> None:
    batch = sent("ana@gmail.com", "bo@firm.example", "cy@gmail.com")
    other = sent("di@firm.example", through=provider("Other"))
    said(batch, "ana@gmail.com")
    said(batch, "bo@firm.example", "retry", code=452, enhanced="4.2.2", category="mailbox_full")
    said(other, "di@firm.example", "uncertain", code=None, enhanced="", text="reset", category="network")
    said(batch, "cy@gmail.com", "accepted", category=HEARD, code=None)
    assert emails() == ["di@firm.example", "bo@firm.example", "ana@gmail.com"]
    assert emails(kind="deferred") == ["bo@firm.example"]
    assert emails(kind="uncertain") == ["di@firm.example"]
    assert emails(code="5xx") == emails(code="550") == emails(code="5.1.1") == ["ana@gmail.com"]
    assert emails(code="4") == ["bo@firm.example"]
    assert emails(code="nonsense") == []
    assert emails(provider_id=provider("Other").pk) == ["di@firm.example"]
    assert emails(lane="gmail") == ["ana@gmail.com"]
    assert emails(text="FIRM") == ["di@firm.example", "bo@firm.example"]
    assert emails(kind="accepted", lane="gmail") == ["cy@gmail.com", "ana@gmail.com"], "by their message, newest first"
    assert emails(code="250", provider_id=provider("Other").pk) == ["di@firm.example"]
    page = browser.get(reverse("replies"), {"code": "550"}).content.decode()
    assert "The address does not exist." in page
    assert "no such user" in page


def test_a_whole_address_tells_everything_that_was_said_to_it() -> None:
    earlier = timezone.now() - timedelta(days=2)
    said(sent("ana@gmail.com", "bo@gmail.com", at=earlier), "ana@gmail.com", "retry", at=earlier)
    sent("Ana@gmail.com")
    found = reading.page(Wanted(text="ANA@gmail.com")).rows
    assert [reply.label for reply in found] == ["Accepted", "Deferred", "Accepted"] or [
        reply.label for reply in found
    ] == ["Accepted", "Accepted", "Deferred"]
    assert emails(text="ana@gmail.com", kind="refused") == []
    assert len(emails(text="ana@gmail.com", kind="accepted")) == 2


def test_days_leave_out_what_was_said_before_and_after() -> None:
    days = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in (1, 2, 3)]
    for number, day in enumerate(days):
        batch = sent(f"p{number}@example.org", at=day)
        said(batch, f"p{number}@example.org", at=day)
    span = {"since": days[1] - timedelta(hours=12), "until": days[1] + timedelta(hours=12)}
    assert emails(**span) == ["p1@example.org"]
    assert emails(kind="accepted", **span) == ["p1@example.org"]
    assert emails(kind="accepted", until=days[0]) == []


def test_the_replies_of_one_provider_are_found_at_once_however_many_came_since(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "LOOKED_THROUGH", 3)
    people = [f"p{number}@example.org" for number in range(9)]
    quiet, busy = sent(*people, through=provider("Quiet")), sent(*people)
    for batch in (quiet, busy):
        for email in people:
            said(batch, email)
    assert emails(provider_id=provider("Quiet").pk) == people[:-4:-1]
    assert [reply.email for reply in reading.everything(Wanted(provider_id=provider("Quiet").pk))] == people[::-1]
    assert reading.page(Wanted(provider_id=provider("Other").pk)).before == 0


def test_pages_follow_each_other_and_end_however_little_is_looked_through_at_once(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "LOOKED_THROUGH", 7)
    monkeypatch.setattr(accepted, "LOOKED_THROUGH", 9)
    people = [f"p{number}@{'gmail.com' if number % 10 == 0 else 'example.org'}" for number in range(40)]
    batch = sent(*people)
    for email in people:
        said(batch, email)
    rare = [email for email in reversed(people) if "gmail" in email]
    for kind in ("", "accepted"):
        assert [reply.email for reply in reading.everything(Wanted(kind=kind))] == people[::-1]
        assert [reply.email for reply in reading.everything(Wanted(kind=kind, lane="gmail"))] == rare
    page = browser.get(reverse("replies"), {"q": "nobody"}).content.decode()
    assert "It may be older." in page
    assert 'rel="next"' in page


def test_a_provider_that_carried_for_another_is_found_by_its_proof() -> None:
    batch, second = sent("ana@gmail.com", "bo@gmail.com"), provider("Second")
    Message.objects.filter(email="bo@gmail.com").update(provider_id=second.pk)
    Proof.objects.create(batch=batch, provider=second)
    assert emails(kind="accepted", provider_id=second.pk) == ["bo@gmail.com"]
    assert emails(kind="accepted", provider_id=provider("Idle").pk) == []


def test_the_export_has_every_row_as_text_and_is_in_the_audit_trail(browser: Client) -> None:
    batch = sent("ana@gmail.com", "=bo@gmail.com")
    said(batch, "ana@gmail.com", text='=HYPERLINK("http://evil.example")')
    said(batch, "=bo@gmail.com", "retry")
    answer = browser.post(f"{reverse('replies-export')}?kind=refused")
    rows = b"".join(answer).decode()
    assert rows.count("\r\n") == 2
    assert """"'=HYPERLINK(""http://evil.example"")",The address does not exist.,Relay,Gmail""" in rows
    assert AuditEntry.objects.get(action="replies.export").detail["filters"] == "kind=refused"
    answer = browser.post(reverse("replies-export"))
    assert "'=bo@gmail.com" in b"".join(answer).decode()
