"""All ways to send, times a suppressed address: no mail leaves, while the same way reaches everybody else.

Each takes a second and a half: a turn of the engine waits for what may still come.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organisation, User
from campaigns.models import TestAddress
from campaigns.sending import launching
from campaigns.test_mails import sending
from contacts import consent
from contacts.models import Contact, ListSuppression, MailingList, SignupForm, Suppression
from contacts.signup import asking, wording
from contacts.suppression import of_lists
from delivery import ledger
from delivery.dispatch import tick
from delivery.engine import turn
from delivery.ledger import building
from delivery.models import Batch, Message, MessageState, Provider, Waiting
from tests.campaigns import letters
from tests.delivery.engine import plain
from tests.delivery.engine.conftest import offer

ANA, BEA = "ana@example.org", "bea@example.org"
Reason = Suppression.Reason
ONE_LIST = "for one list"


@dataclass
class Stage:
    """Ana is suppressed, Bea is not. `early`: before anything is begun, else at the last moment before it leaves."""

    provider: Provider
    owner: User
    reason: str
    early: bool
    busy: list[str] = field(default_factory=list)  # who is answered "later", or not at all

    def suppress(self, *, early: bool) -> None:
        if early == self.early and self.reason == ONE_LIST:
            of_lists.suppress([ANA], letters.readers(), reason="Asked", by=None)
        elif early == self.early:
            consent.suppress(ANA, self.reason)


def campaign(stage: Stage) -> Batch:
    draft = letters.draft(stage.owner, letters.readers("Ana", "Bea"), provider=stage.provider)
    batch = launching.launch(draft, by=stage.owner)
    building.build(batch.pk)
    stage.suppress(early=False)
    Batch.objects.filter(pk=batch.pk).update(hold_until=timezone.now())
    return batch


def schedule(stage: Stage) -> Batch:
    draft = letters.draft(stage.owner, letters.readers("Ana", "Bea"), provider=stage.provider)
    batch = launching.launch(draft, by=stage.owner, at=timezone.now() + timedelta(hours=1))
    stage.suppress(early=False)
    now = timezone.now()
    Batch.objects.filter(pk=batch.pk).update(not_before=now, hold_until=now)
    building.build(batch.pk)
    return batch


def tried_out(stage: Stage) -> Batch:
    draft = letters.draft(stage.owner, letters.readers("Cem"), provider=stage.provider)
    for address in (ANA, BEA):
        TestAddress.objects.create(email=address, asked_at=timezone.now(), agreed_at=timezone.now())
    (message, _) = sending.send_tests(draft, to=[ANA, BEA], as_contact=None, by=stage.owner)
    stage.suppress(early=False)
    return message.batch


def confirmation(stage: Stage) -> Batch:
    """Both ask for mail by a form, and are asked to confirm it."""
    Provider.objects.filter(is_default=True).update(is_default=False)
    Provider.objects.filter(pk=stage.provider.pk).update(is_default=True)
    readers, form = letters.readers(), SignupForm.objects.create(name="On the site")
    form.lists.add(readers)
    shown = wording.kept(form, wording.of(form, Organisation.get()), [readers])
    for address in (ANA, BEA):
        asking.ask(form, asking.Answers(address, [readers.pk], "en", shown), asking.Visitor(), timezone.now())
    stage.suppress(early=False)
    return Message.objects.get(email=BEA).batch


def single_mail(stage: Stage) -> Batch:
    """At once, past every list, to somebody who is known."""
    sent = [
        ledger.send_one(
            content_kind=plain.KIND,
            content_id=1,
            email=address,
            contact_id=Contact.objects.create(email=address).pk,
            provider=stage.provider,
        )
        for address in (ANA, BEA)
    ]
    stage.suppress(early=False)
    return sent[0].batch


def retry(stage: Stage) -> Batch:
    """Both were answered "later" at the first try."""
    batch = _tried(stage, "451 4.3.0 later")
    assert Waiting.objects.filter(state=MessageState.DEFERRED).count() == 2
    Waiting.objects.update(retry_at=timezone.now())
    return batch


def send_again(stage: Stage) -> Batch:
    """The connection broke at the first try, and somebody decides to send it once more."""
    batch = _tried(stage, "drop")
    assert Waiting.objects.filter(state=MessageState.UNCERTAIN).count() == 2
    ledger.send_again(batch, by="Olga")
    return batch


def _tried(stage: Stage, answer: str) -> Batch:
    stage.busy.append(answer)
    batch = campaign(replace(stage, early=True))
    _drive(batch)
    stage.busy.clear()
    stage.suppress(early=False)
    return batch


def _drive(batch: Batch, rounds: int = 3) -> None:
    for _ in range(rounds):
        tick.tick()
        offer(batch)
        batch.refresh_from_db()
        turn.run(batch.provider_id or 0, batch.stream)


TRIED_BEFORE = (retry, send_again)
MARKETING = (campaign, schedule, *TRIED_BEFORE)
SINGLE = (tried_out, confirmation, single_mail)
# One rule asks for all reasons, so that the others are tried out by one way alone. Who unsubscribed still gets what
# they ask for themselves, which single mails are.
TRIALS = [
    *((way, reason, False) for way in MARKETING for reason in (Reason.HARD_BOUNCE, Reason.COMPLAINT)),
    *((way, Reason.UNSUBSCRIBED, False) for way in MARKETING),
    *((way, reason, False) for way in SINGLE for reason in (Reason.HARD_BOUNCE, Reason.COMPLAINT)),
    *((way, Reason.HARD_BOUNCE, True) for way in (campaign, schedule, *SINGLE)),
    *((way, ONE_LIST, False) for way in MARKETING),
    *((way, ONE_LIST, True) for way in (campaign, schedule)),
    *((campaign, reason, False) for reason in (Reason.SOFT_BOUNCE, Reason.MANUAL, Reason.HELD)),
]


@pytest.mark.parametrize(("way", "reason", "early"), TRIALS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_no_mail_leaves_for_a_suppressed_address(
    way: Callable[[Stage], Batch], reason: str, early: bool, serve: Any, provider_of: Any, owner: User
) -> None:
    got: list[str] = []
    busy: list[str] = []
    server = serve(
        rules={
            "rcpt": lambda talk: busy[0] if busy and busy[0] != "drop" else None,
            "dot": lambda talk: "drop" if busy else got.append(talk.recipient),
        }
    )
    stage = Stage(provider_of(server, connections=1), owner, reason, early, busy)
    stage.suppress(early=True)
    _drive(way(stage))
    assert got == [BEA]
    known = ListSuppression if reason == ONE_LIST else Suppression
    assert known.objects.filter(email=ANA).exists()


@pytest.mark.parametrize("way", SINGLE)
def test_a_suppression_for_one_list_keeps_no_single_mail_back(
    way: Callable[[Stage], Batch], serve: Any, provider_of: Any, owner: User
) -> None:
    got: list[str] = []
    stage = Stage(provider_of(serve(rules={"dot": lambda talk: got.append(talk.recipient)})), owner, ONE_LIST, True)
    batch = way(stage)
    of_lists.suppress([ANA], MailingList.objects.create(name="Some list"), reason="Asked", by=None)
    _drive(batch)
    assert sorted(got) == [ANA, BEA]
