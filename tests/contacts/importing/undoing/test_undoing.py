"""Imports taken back: what they did is gone, what people did since stays, and it happens once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import F, Func
from django.utils import timezone

from contacts import consent, tags, tasks, timeline
from contacts.importing.running import working
from contacts.importing.undoing import carrying_through, keeping, mailed, restoring, wishes
from contacts.models import (
    ConsentEvent,
    Contact,
    Field,
    FieldChange,
    ImportJob,
    ImportOverwritten,
    ImportSlice,
    ImportUndo,
    MailingList,
    Note,
    Subscription,
    Suppression,
    TrackingConsentEvent,
)
from contacts.profile_fields import changing
from contacts.profile_fields import working as field_working
from tests.clock import making_older
from tests.contacts.conftest import Upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def got_mail() -> Iterator[set[int]]:
    """Ids of contacts who got mail since."""
    found: set[int] = set()

    def among(contact_ids: Any) -> set[int]:
        return found & set(contact_ids)

    mailed.register(among)
    yield found
    mailed._sources.remove(among)


@pytest.fixture
def run(run: Upload) -> Upload:
    """An import an hour ago: a test is one transaction, in which the database's clock stands still."""
    return _before(run)


def _before(make: Callable[..., ImportJob]) -> Upload:
    def made(*arguments: Any, **named: Any) -> ImportJob:
        job = make(*arguments, **named)
        an_hour_passes()
        return job

    return made


_TIMES: dict[Any, tuple[str, ...]] = {
    Contact: ("created_at", "updated_at"),
    Subscription: ("created_at", "changed_at"),
    Suppression: ("created_at",),
    ConsentEvent: ("at",),
    TrackingConsentEvent: ("at",),
    ImportSlice: ("at",),
}


def an_hour_passes() -> None:
    hour = timedelta(hours=1)
    for model, names in _TIMES.items():
        with making_older():
            model.objects.update(**{name: F(name) - hour for name in names})
    ImportSlice.objects.update(left_changed_at=Func(F("left_changed_at"), template=_EARLIER))
    ImportOverwritten.objects.update(was_updated_at=F("was_updated_at") - hour)


_EARLIER = """(SELECT coalesce(array_agg(at - interval '1 hour' ORDER BY n), '{}')
    FROM unnest(%(expressions)s) WITH ORDINALITY x (at, n))"""


def counted(job: ImportJob) -> ImportUndo:
    undo = wishes.ask(job, by=None)
    carrying_through.work(undo.pk)
    undo.refresh_from_db()
    assert undo.state == "ready"
    return undo


def undone(job: ImportJob) -> dict[str, int]:
    """Undoes it and returns what happened, which is what was said before."""
    undo = counted(job)
    wishes.start(undo)
    carrying_through.work(undo.pk)
    undo.refresh_from_db()
    assert undo.state == "done"
    assert undo.counts["done"] == undo.counts["expected"]
    return {name: number for name, number in undo.counts["done"].items() if number}


def state_of_everything(*, hours: int = 0) -> list[dict[str, Any]]:
    """As it will be so many hours later if nothing happens."""
    found: list[dict[str, Any]] = []
    model: Any
    for model in (Contact, Subscription, Suppression):
        for row in model.objects.order_by("pk").values():
            earlier = {name: row[name] - timedelta(hours=hours) for name in _TIMES[model]}
            found.append(row | earlier)
    return found


_TOLD = {
    "fill": ["empty → Name; empty → new"],
    "overwrite": ["Old → New; empty → Name; Ulm → Köln; 3 → 4; empty → new"],
    "new": [],
}


@pytest.mark.parametrize("mode", ["fill", "overwrite", "new"])
def test_undone_import_leaves_everything_as_it_was(run: Upload, news: MailingList, mode: str) -> None:
    offers = MailingList.objects.create(name="Offers")
    known = Contact.objects.create(
        email="known@example.com", first_name="Old", attributes={"city": "Ulm", "tags": ["old"], "size": 3}
    )
    leaver = Contact.objects.create(email="leaver@example.com", click_consent="given", is_sample=True)
    for person in (known, leaver):
        consent.subscribe(person, lists=[offers.pk], channel="hand")
    consent.suppress("held@example.com", Suppression.Reason.HELD, detail="550 no")
    before = state_of_everything(hours=1)
    job = run(
        "Email,First name,Last name,City,Size,Tags,Status,Clicks may be counted\n"
        "known@example.com,New,Name,Köln,4,new,subscribed,no\n"
        "leaver@example.com,L,,,,,unsubscribed,no\n"
        "fresh@example.com,F,,Bonn,,vip,subscribed,yes\n"
        "gone@example.com,G,,,,,bounced,\n"
        "held@example.com,H,,,,,complained,\n",
        lists=(news.pk,),
        mode=mode,
    )
    assert state_of_everything(hours=0) != before
    assert [entry.detail for entry in timeline.entries(known) if entry.kind == "change"] == _TOLD[mode]
    counts = undone(job)
    assert state_of_everything() == before
    assert counts["removed"] == 3
    assert counts["put_back"] == 1
    assert counts["lifted"] == 3
    withdrawn, given = ConsentEvent.objects.filter(channel="undo").order_by("contact_id", "-id")
    assert (withdrawn.contact_id, withdrawn.kind, withdrawn.list_id) == (known.pk, "withdrawn", news.pk)
    assert (given.contact_id, given.kind, given.list_id) == (leaver.pk, "given", offers.pk)
    with pytest.raises(wishes.NotPossible):
        wishes.ask(job, by=None)


def test_what_a_job_did_to_a_field_for_everybody_changed_nobody(run: Upload, news: MailingList) -> None:
    job = run("Email,Size\nfresh@example.com,4\n", lists=(news.pk,))
    field = Field.objects.get(key="size")
    change = changing.begin(field, FieldChange.Act.KIND, by=None, to="text")
    field_working.work(change.pk)
    change.refresh_from_db()
    changing.start(change)
    field_working.work(change.pk)
    assert Contact.objects.get().attributes == {"size": "4"}
    assert undone(job)["removed"] == 1
    assert not Contact.objects.exists()


def test_what_changed_since_stays_and_is_said(run: Upload, news: MailingList, got_mail: set[int]) -> None:
    known = Contact.objects.create(email="known@example.com", first_name="Old", attributes={"city": "Ulm", "zip": "1"})
    job = run(
        "Email,First name,City,Zip,Tags\nknown@example.com,New,Köln,2,vip\n"
        + "".join(
            f"{name}@example.com,,,,\n" for name in ("mailed", "edited", "noted", "tagged", "left", "joined", "fresh")
        ),
        lists=(news.pk,),
        mode="overwrite",
    )
    people = {contact.email.partition("@")[0]: contact for contact in Contact.objects.all()}
    got_mail.add(people["mailed"].pk)
    people["edited"].first_name = "Edited"
    people["edited"].save()
    Note.objects.create(contact=people["noted"], text="Met her in Ulm")
    tags.add("mine", [people["tagged"].pk, known.pk])
    consent.unsubscribe(people["left"], lists=None, channel="page")
    other = MailingList.objects.create(name="Other")
    consent.subscribe(people["joined"], lists=[other.pk], channel="hand")
    Contact.objects.filter(pk=known.pk).update(attributes={"city": "Bonn", "zip": 2, "tags": ["vip", "mine"]})
    counts = undone(job)
    assert counts == {
        "removed": 1,
        "mailed": 1,
        "said": 2,
        "changed": 3,
        "restored": 1,
        "partly": 1,
        "taken_off": 6,  # who left by themselves is on the list no more
    }
    known.refresh_from_db()
    assert (known.first_name, known.attributes) == ("Old", {"city": "Bonn", "zip": "1", "tags": ["mine"]})
    assert set(Contact.objects.values_list("email", flat=True)) == {
        f"{name}@example.com" for name in ("known", "mailed", "edited", "noted", "tagged", "left", "joined")
    }
    assert {(one.contact_id, one.list_id, one.state) for one in Subscription.objects.all()} == {
        (people["left"].pk, news.pk, "unsubscribed"),
        (people["joined"].pk, other.pk, "subscribed"),
    }
    assert Suppression.objects.get().email == "left@example.com"


@pytest.mark.parametrize("lists_of_the_page", [True, False])
def test_who_says_what_a_file_had_said_of_them_stays_away(
    run: Upload, news: MailingList, lists_of_the_page: bool
) -> None:
    ada = Contact.objects.create(email="ada@example.com")
    consent.subscribe(ada, lists=[news.pk], channel="hand")
    job = run("Email,Status\nada@example.com,unsubscribed\nben@example.com,unsubscribed\n")
    for _ in range(2):
        consent.unsubscribe(ada, lists=[news.pk] if lists_of_the_page else None, channel="one-click")
    consent.suppress("ben@example.com", Suppression.Reason.UNSUBSCRIBED, source="page")
    undone(job)
    assert ada.subscriptions.get().state == "unsubscribed"
    assert set(Suppression.objects.values_list("email", flat=True)) == {"ada@example.com", "ben@example.com"}
    assert ada.consent_events.filter(channel="one-click").count() == 1


def test_people_of_a_later_import_stay_as_that_one_left_them(run: Upload, news: MailingList) -> None:
    offers = MailingList.objects.create(name="Offers")
    text = "Email,City\nada@example.com,Ulm\n"
    first = run(text + "ben@example.com,Ulm\n", lists=(news.pk, offers.pk))
    second = run(text, lists=(news.pk,))
    before = state_of_everything()
    assert counted(first).counts["expected"]["later"] == 1
    assert undone(second) == {}
    assert state_of_everything() == before
    again = run("Email,Status\nada@example.com,subscribed\nBEN@example.com,unsubscribed\n", lists=(news.pk,))
    assert undone(first)["later"] == 2
    left = {("ben@example.com", "News", "unsubscribed"), ("ben@example.com", "Offers", "unsubscribed")}
    assert memberships() == {("ada@example.com", "News", "subscribed"), *left}
    assert undone(again) == {"lifted": 1}  # and no way back to lists on which an undone import had put somebody
    assert memberships() >= left


def memberships() -> set[tuple[str, str, str]]:
    return {(one.contact.email, one.list.name, one.state) for one in Subscription.objects.all()}


def test_killed_undoing_goes_on_and_undoes_each_slice_once(
    check: Upload, news: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "SLICE", 10)
    job = check("Email\n" + "".join(f"p{n}@example.com\n" for n in range(30)), lists=(news.pk,))
    ImportJob.objects.filter(pk=job.pk).update(state="running", rows_done=0)
    working.work(job.pk)
    job.refresh_from_db()
    undo = counted(job)
    wishes.start(undo)
    real, calls = restoring.restore, []

    def dies_in_the_second(*arguments: Any, **named: Any) -> dict[str, int]:
        counts = real(*arguments, **named)
        calls.append(1)
        if len(calls) == 2:
            raise OperationalError("the server closed the connection")
        return counts

    monkeypatch.setattr(carrying_through, "restore", dies_in_the_second)
    with pytest.raises(OperationalError):
        carrying_through.work(undo.pk)
    assert Contact.objects.count() == 20
    assert carrying_through.abandoned() == []
    ImportUndo.objects.update(alive_at=timezone.now() - timedelta(minutes=5))
    assert carrying_through.abandoned() == [undo.pk]
    tasks.undo_import(undo_id=undo.pk)
    tasks.undo_import(undo_id=undo.pk)
    undo.refresh_from_db()
    assert (undo.state, undo.counts["done"]["removed"], undo.rows_done) == ("done", 30, 30)
    assert not Contact.objects.exists()


def test_undone_though_tags_of_somebody_were_never_a_list(run: Upload) -> None:
    Contact.objects.create(email="ada@example.com", first_name="Old", attributes={"tags": "vip"})
    assert undone(run("Email,First name\nada@example.com,New\n", mode="overwrite")) == {"restored": 1}
    assert Contact.objects.get().first_name == "Old"


def test_after_30_days_nothing_of_it_is_kept_and_the_erased_never_come_back(run: Upload) -> None:
    ada = Contact.objects.create(email="ada@example.com", first_name="Old")
    job = run("Email,First name\nada@example.com,New\nben@example.com,B\n", mode="overwrite")
    keeping.forget_person(ada.pk)
    assert not ImportOverwritten.objects.exists()
    assert undone(job) == {"removed": 1}
    job = run("Email,First name\nada@example.com,Newer\n", mode="overwrite")
    assert keeping.undoable(job)
    ImportSlice.objects.update(at=timezone.now() - timedelta(days=30, minutes=1))
    assert not keeping.undoable(job)
    tasks.forget_old_imports()
    assert not ImportSlice.objects.exists()
    assert not ImportOverwritten.objects.exists()
    assert ImportJob.objects.count() == 2
