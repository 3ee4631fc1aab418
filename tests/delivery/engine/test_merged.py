"""Two contacts become one while mail to them is built, waits or leaves: one mail of a sending, and never none.

The waits are those of a turn of the engine.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.database import locks
from accounts.models import User
from contacts import consent
from contacts.audience import Audience
from contacts.merging import joining, parting, registry
from contacts.models import Contact, MailingList, Merge, Subscription
from delivery import ledger
from delivery.dispatch import tick
from delivery.ledger import building
from delivery.models import Batch, Chunk, Message, MessageState, Provider, Waiting
from tests.delivery.engine import plain
from tests.delivery.engine.conftest import make_batch, offer
from tests.delivery.engine.server import Server

OLD, NEW, BEA = "ana@old.example", "ana@new.example", "bea@example.org"
Send = Callable[..., None]


@pytest.fixture
def server(serve: Callable[..., Server]) -> Server:
    return serve()


@pytest.fixture
def provider(server: Server, provider_of: Callable[..., Provider]) -> Provider:
    return provider_of(server)


def merge(by: User, kept: str = NEW, gone: str = OLD) -> Merge:
    people = {one.email: one.pk for one in Contact.objects.all()}
    return joining.merge(people[kept], people[gone], values={}, by=by, request=by)


def told(batch: Batch) -> dict[str, str]:
    rows = Message.objects.filter(batch=batch).order_by("id")
    return {row.email: MessageState(row.state).name.lower() for row in rows}


def waiting(provider: Provider, *emails: str, group: str = "") -> Batch:
    batch = make_batch(provider, list(emails), group=group)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.PAUSED)
    return batch


def let_go(batch: Batch, send: Send) -> None:
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.SENDING)
    offer(batch)
    send(batch, turns=2)


def test_a_campaign_that_waits_for_both_leaves_once_and_adds_up(provider: Provider, send: Send, owner: User) -> None:
    batch = waiting(provider, OLD, NEW, BEA)
    merge(owner)
    let_go(batch, send)
    assert told(batch) == {OLD: "skipped", NEW: "accepted", BEA: "accepted"}
    assert ledger.tally(batch).words == "3 = 2 + 0 + 0 + 0 + 1"
    (kept,) = Contact.objects.filter(email=NEW)
    assert Message.objects.filter(batch=batch, contact_id=kept.pk).count() == 2


def test_what_waits_for_the_one_who_is_gone_goes_to_the_other_address(
    provider: Provider, send: Send, owner: User
) -> None:
    batch = waiting(provider, OLD, BEA)
    Contact.objects.create(email=NEW)
    merge(owner)
    let_go(batch, send)
    assert told(batch) == {NEW: "accepted", BEA: "accepted"}


def test_who_had_it_at_the_old_address_does_not_get_it_again_at_the_new_one(
    provider: Provider, send: Send, owner: User
) -> None:
    batch = waiting(provider, OLD, NEW)
    Message.objects.filter(batch=batch, email=OLD).update(state=MessageState.ACCEPTED, accepted_at=timezone.now())
    Chunk.objects.filter(batch=batch).update(pending=1, accepted=1)
    merge(owner)
    let_go(batch, send)
    assert told(batch) == {OLD: "accepted", NEW: "skipped"}


def test_of_two_editions_of_one_campaign_one_is_sent(provider: Provider, send: Send, owner: User) -> None:
    first, second = waiting(provider, OLD, group="campaign-1"), waiting(provider, NEW, group="campaign-1")
    merge(owner)
    let_go(first, send)
    let_go(second, send)
    assert (told(first), told(second)) == ({OLD: "skipped"}, {NEW: "accepted"})


def test_who_left_as_one_of_them_gets_neither(provider: Provider, send: Send, owner: User) -> None:
    news = MailingList.objects.create(name="News")
    batch = waiting(provider, OLD, NEW)
    Batch.objects.filter(pk=batch.pk).update(lists=[news.pk])
    for person in Contact.objects.all():
        consent.subscribe(person, lists=[news.pk], channel="hand")
    consent.unsubscribe(Contact.objects.get(email=OLD), lists=[news.pk], channel="page")
    merge(owner)
    let_go(batch, send)
    assert set(told(batch).values()) == {"skipped"}


@pytest.mark.parametrize("held_by", ["a worker", "a claim"])
def test_nobody_is_merged_while_a_mail_to_them_is_in_a_workers_hands(
    provider: Provider, send: Send, owner: User, held_by: str
) -> None:
    batch = waiting(provider, OLD, NEW)
    if held_by == "a worker":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE delivery_chunk SET owner = gen_random_uuid()")
        with pytest.raises(registry.Busy):
            merge(owner)
        Chunk.objects.update(owner=None)
    else:
        claimed, merged = threading.Event(), threading.Event()
        holder = threading.Thread(target=_claim, args=(claimed, merged))
        holder.start()
        claimed.wait(60)
        with pytest.raises(registry.Busy):
            merge(owner)
        merged.set()
        holder.join()
    assert Contact.objects.count() == 2
    merge(owner)
    let_go(batch, send)
    assert told(batch) == {OLD: "skipped", NEW: "accepted"}


def _claim(claimed: threading.Event, merged: threading.Event) -> None:
    with transaction.atomic():
        list(Chunk.objects.select_for_update())
        claimed.set()
        merged.wait(60)
    connection.close()


@pytest.mark.parametrize("on_the_list", [(OLD, NEW), (OLD,), (NEW,)], ids=["both", "the gone", "the kept"])
def test_an_audience_drawn_before_they_are_merged_reaches_them_once(
    provider: Provider, send: Send, owner: User, monkeypatch: pytest.MonkeyPatch, on_the_list: tuple[str, ...]
) -> None:
    """The merge comes between the slices of the building and its end, when all rows are there and no chunk is."""
    news = MailingList.objects.create(name="News")
    for email in (OLD, NEW, BEA):
        person = Contact.objects.create(email=email)
        if email in (*on_the_list, BEA):
            Subscription.objects.create(contact=person, list=news)
    batch = ledger.launch(
        content_kind=plain.KIND,
        content_id=1,
        provider=provider,
        audience=Audience((news.pk,)),
        lists=[news.pk],
        group="campaign-1",
        hold_seconds=0,
    )
    fill = building._fill

    def fill_and_merge(*given: Any) -> bool:
        done = fill(*given)
        merge(owner)
        return done

    monkeypatch.setattr(building, "_fill", fill_and_merge)
    assert building.build(batch.pk)
    let_go(batch, send)
    assert {email for email, state in told(batch).items() if state == "accepted"} == {NEW, BEA}
    assert ledger.tally(batch).is_complete


def test_a_building_that_ends_waits_for_a_merge_and_the_other_way_round(provider: Provider, owner: User) -> None:
    """Both take the one lock: whichever is second sees what the first has done."""
    make_batch(provider, [OLD, NEW])
    got = threading.Event()
    with transaction.atomic(), connection.cursor() as cursor:
        locks.share(cursor, locks.Kind.MERGING)
        merging = threading.Thread(target=_merge_and_tell, args=(owner, got))
        merging.start()
        assert not got.wait(0.3)
    merging.join(60)
    assert got.is_set()


def _merge_and_tell(owner: User, got: threading.Event) -> None:
    Chunk.objects.update(is_done=True)
    merge(owner)
    got.set()
    connection.close()


def test_a_merge_killed_in_the_middle_leaves_two_people(
    provider: Provider, send: Send, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is cut as if its process were killed, after mails and lists were moved."""
    batch = waiting(provider, OLD, NEW)

    def cut(*_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(joining, "_unite_suppressions", cut)
        with pytest.raises(Exception, match="terminat"):
            merge(owner)
    connection.close()
    assert (Contact.objects.count(), Merge.objects.count()) == (2, 0)
    let_go(batch, send)
    assert told(batch) == {OLD: "accepted", NEW: "accepted"}


def test_undone_while_it_waits_both_get_their_own_again(provider: Provider, send: Send, owner: User) -> None:
    batch = waiting(provider, OLD, NEW)
    alone = for_the_old_one(provider)
    made = merge(owner)
    parting.undo(made.pk, by=owner, request=owner)
    let_go(batch, send)
    let_go(alone, send)
    assert told(batch) == {OLD: "accepted", NEW: "accepted"}
    assert told(alone) == {OLD: "accepted"}
    people = dict(Contact.objects.values_list("pk", "email"))
    assert all(people[row.contact_id or 0] == row.email for row in Message.objects.all())


@pytest.mark.parametrize("is_undone", [False, True], ids=["merged", "undone"])
def test_three_in_a_row_get_one_mail_and_after_an_undo_of_the_last_merge_two(
    provider: Provider, send: Send, owner: User, is_undone: bool
) -> None:
    batch = waiting(provider, OLD, NEW, BEA)
    merge(owner)
    last = merge(owner, kept=BEA, gone=NEW)
    if is_undone:
        parting.undo(last.pk, by=owner, request=owner)
    let_go(batch, send)
    assert told(batch) == {OLD: "skipped", NEW: "accepted" if is_undone else "skipped", BEA: "accepted"}
    assert ledger.tally(batch).is_complete


@pytest.mark.parametrize("has_row", [True, False], ids=["who has it", "who is not in it"])
def test_a_retry_that_waits_goes_to_the_one_who_is_left_once(
    provider: Provider, server: Server, send: Send, owner: User, has_row: bool
) -> None:
    """The old address was told to come again later; the other one has the mail, or was never meant to get it."""
    server.behaviour.rules["rcpt"] = lambda talk: "451 4.2.1 later" if talk.recipient == OLD else None
    batch = make_batch(provider, [OLD, NEW] if has_row else [OLD])
    if not has_row:
        Contact.objects.create(email=NEW)
    send(batch)
    assert told(batch)[OLD] == "deferred"
    server.behaviour.rules.clear()
    merge(owner)
    Waiting.objects.update(retry_at=timezone.now())
    tick.tick()
    offer(batch)
    send(batch)
    assert told(batch) == ({OLD: "skipped", NEW: "accepted"} if has_row else {NEW: "accepted"})


def for_the_old_one(provider: Provider) -> Batch:
    """A batch for the old address alone."""
    batch = waiting(provider, "for@moment.example")
    person = Contact.objects.get(email=OLD)
    Message.objects.filter(batch=batch).update(contact_id=person.pk, email=OLD)
    return batch
