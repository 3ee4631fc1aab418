"""A real provider in rehearsal: what it is addressed goes to the sandbox, and nothing else changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from contacts.audience import Audience
from contacts.models import Contact, MailingList, Subscription
from delivery import ledger, staff_mail, verp
from delivery.engine.bookkeeping import claiming
from delivery.ledger import building
from delivery.models import Batch, Chunk, Message, Provider, SandboxMail, SandboxMailbox, SandboxRelay
from delivery.sandbox import store
from delivery.sandbox.rehearsing import relaying, switching
from delivery.sandbox.store import Mail
from delivery.staff_mail import Outcome
from tests.delivery.sandbox.conftest import RAW
from tests.mailbox import Mailbox
from tests.web import walking

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


@pytest.fixture
def ses() -> Provider:
    return Provider.objects.create(name="SES", host="127.0.0.1", port=2588, security="none")


def one(provider: Provider, email: str = "ana@kunden.example", content_id: int = 1) -> Message:
    return ledger.send_one(content_kind="edition", content_id=content_id, email=email, provider=provider)


def keep(message: Message, email: str) -> SandboxMail:
    store.write([Mail(verp.address(message.pk, "nordlicht.example"), (email,), RAW)])
    return SandboxMail.objects.latest("id")


def test_what_is_launched_meanwhile_is_a_rehearsal_for_good_and_kept_in_a_mailbox_of_its_own(ses: Provider) -> None:
    real = one(ses)
    switching.begin(ses, [])
    rehearsed = one(ses, content_id=2)
    assert (real.batch.rehearsal, real.batch.provider) == (False, ses)
    batch = rehearsed.batch
    assert (batch.rehearsal, batch.provider, batch.rehearsed_for) == (True, Provider.objects.sandbox(), ses)
    assert keep(rehearsed, "ana@kunden.example").mailbox == SandboxMailbox.objects.get(provider=ses)
    assert keep(real, "ana@kunden.example").mailbox_id == 0
    switching.end(ses)
    assert not one(ses, content_id=3).batch.rehearsal
    batch.refresh_from_db()
    assert (batch.rehearsal, batch.provider) == (True, Provider.objects.sandbox())  # still nobody's mail
    assert one(ses, content_id=2).batch != batch


def test_pages_name_the_provider_that_is_rehearsed_and_not_the_sandbox_alone(
    ses: Provider, admin: User, client_for: ClientFor
) -> None:
    switching.begin(ses, [])
    rehearsed = one(ses)
    page = client_for(admin).get(reverse("message", args=[rehearsed.pk])).content.decode()
    assert "through <bdi>SES</bdi>, in" in page
    words = render_to_string("campaigns/_way_out.html", {"batch": rehearsed.batch})
    assert " ".join(words.split()).endswith("through <bdi>SES</bdi> in rehearsal: the sandbox takes it")


def test_a_campaign_in_flight_waits_and_goes_on_when_it_is_back(ses: Provider) -> None:
    people = MailingList.objects.create(name="Readers")
    person = Contact.objects.create(email="ana@kunden.example")
    Subscription.objects.create(contact=person, list=people, state="subscribed")
    batch = ledger.launch(
        content_kind="edition",
        content_id=1,
        provider=ses,
        audience=Audience(lists=(people.pk,)),
        lists=[people.pk],
        group="g",
        hold_seconds=0,
    )
    building.build(batch.pk)
    switching.begin(ses, [])
    assert [waiting.pk for waiting in switching.waiting(ses)] == [batch.pk]
    ses.refresh_from_db()
    ses.resume()  # of a pause, and this is none
    ses.pause("By mistake")
    ses.refresh_from_db()
    assert ses.state == Provider.State.REHEARSAL
    batch.refresh_from_db()
    assert (batch.rehearsal, batch.provider_id) == (False, ses.pk)
    assert _may_claim(ses) is False
    switching.end(ses)
    assert _may_claim(ses) is True


def _may_claim(provider: Provider) -> bool:
    """A worker tries to take what is offered to it; undone at once."""
    now = timezone.now()
    provider.refresh_from_db()
    Batch.objects.update(state=Batch.State.SENDING)
    Chunk.objects.update(offered_to=provider.pk, offered_at=now, offered_until=now + timedelta(minutes=1))
    connection.ensure_connection()
    with transaction.atomic(), connection.connection.cursor() as cursor:
        claimed = claiming.claim(cursor, provider, "marketing", uuid4(), claiming.Place("h", "b", "j"), 10)
        transaction.set_rollback(True)
    return claimed is not None


def test_an_address_of_the_allow_list_gets_its_mail_once_and_never_after_the_end(
    ses: Provider, monkeypatch: pytest.MonkeyPatch, owner: User
) -> None:
    sent: list[tuple[str, bytes]] = []

    def hand_over(provider: Provider, body: bytes, *, to: str, **_: Any) -> Outcome:
        assert SandboxRelay.objects.get(provider=provider, state="sending")  # whoever dies now sends no second one
        sent.append((to, body))
        return Outcome()

    monkeypatch.setattr(staff_mail, "send_raw_through", hand_over)
    switching.begin(ses, ["me@nordlicht.example"])
    for email in ("me@nordlicht.example", "ana@kunden.example", "ME@nordlicht.example"):
        keep(one(ses, email), email)
    assert (relaying.relay_waiting(), relaying.relay_waiting()) == (2, 0)
    assert [to.lower() for to, _ in sent] == ["me@nordlicht.example"] * 2
    assert all(b"Resent-To: " in body and body.endswith(RAW) for _, body in sent)
    keep(one(ses, "me@nordlicht.example"), "me@nordlicht.example")
    switching.end(ses)
    relaying.relay_waiting()
    assert len(sent) == 2
    assert Batch.objects.filter(rehearsal=False).count() == 0


def test_real_mail_reaches_the_allow_list_alone_and_ends_with_the_rehearsal(
    relay: Provider, mailbox: Mailbox, owner: User
) -> None:
    """Through the provider's own SMTP server."""
    switching.begin(relay, ["me@nordlicht.example"])
    for email in ("me@nordlicht.example", "ana@kunden.example"):
        keep(one(relay, email), email)
    assert relaying.relay_waiting() == 1
    ((to, mail),) = mailbox.new
    assert (to, mail["Resent-To"]) == ("me@nordlicht.example", "me@nordlicht.example")
    assert SandboxRelay.objects.get().state == SandboxRelay.State.SENT
    switching.end(relay)
    keep(one(relay, "me@nordlicht.example"), "me@nordlicht.example")
    assert relaying.relay_waiting() == 0
    assert len(mailbox.new) == 1


def test_the_bar_stands_on_every_page(ses: Provider, owner: User, client_for: ClientFor) -> None:
    """All that need nothing but their address; those of one campaign or person have the same frame."""
    switching.begin(ses, [])
    client, looked_at, without = client_for(owner), 0, []
    for path in sorted({f"/{pattern.pattern}" for pattern in walking.patterns() if not pattern.pattern.converters}):
        answer = client.get(path)
        if answer.status_code == 200 and not answer.streaming and b'<header class="side">' in answer.content:
            looked_at += 1
            if "SES is in rehearsal: what is sent through it goes to the sandbox" not in answer.content.decode():
                without.append(path)
    assert without == []
    assert looked_at > 50


def test_an_admin_begins_and_ends_it_and_is_told_whom_it_still_writes_to(
    ses: Provider, admin: User, client_for: ClientFor
) -> None:
    client = client_for(admin)
    page = f"/providers/{ses.pk}/rehearsal/"
    wrong = client.post(page, {"allowed": "nobody at all"})
    assert "No address" in wrong.content.decode()
    client.post(page, {"allowed": "me@nordlicht.example\n Me@nordlicht.example\n"})
    ses.refresh_from_db()
    assert (ses.state, ses.rehearsal_allowed) == (Provider.State.REHEARSAL, ["me@nordlicht.example"])
    shown = client.get("/contacts/").content.decode()
    assert "SES is in rehearsal: what is sent through it goes to the sandbox" in shown
    assert "reaches nobody, but for 1 address that" in shown
    client.post(f"{page}end/")
    ses.refresh_from_db()
    assert ses.state == Provider.State.ACTIVE
    assert "in rehearsal" not in client.get("/contacts/").content.decode()
