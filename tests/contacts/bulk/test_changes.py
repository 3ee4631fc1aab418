"""Many people are changed at once: exactly those, exactly once, and Undo respects what they said since."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from contacts import audience, consent, tasks, timeline, tracking_consent
from contacts.audience import Audience
from contacts.bulk import changes, working
from contacts.bulk.actions import EVERY
from contacts.bulk.models import BulkChange, BulkSlice
from contacts.bulk.selection import Selection
from contacts.erasing import beginning, registry
from contacts.erasing import working as erasing
from contacts.growth import folding, restoring
from contacts.models import (
    ConsentEvent,
    Contact,
    DeletedPerson,
    Erasure,
    Field,
    ListDay,
    MailingList,
    Note,
    SignupForm,
    SignupRequest,
    Subscription,
    Suppression,
    TrackingConsentEvent,
    ValueChange,
)
from contacts.segments import everybody
from contacts.suppression import of_lists
from contacts.tracking_consent import Answer, Part
from tracking.cohorts.models import MailedMonth

pytestmark = pytest.mark.django_db
EVERYONE = Selection(query="")


@pytest.fixture
def browser(client_for: Callable[[User], Client], marketer: User) -> Client:
    return client_for(marketer)


@pytest.fixture
def news() -> MailingList:
    return MailingList.objects.create(name="News")


@pytest.fixture
def people(news: MailingList) -> list[Contact]:
    """Five, all on a list."""
    made = [Contact.objects.create(email=f"p{number}@example.com") for number in range(5)]
    for person in made:
        consent.subscribe(person, lists=[news.pk], channel="setup")
    return made


def begin(action: str, by: User, **options: object) -> BulkChange:
    """For everyone, as a worker would do it."""
    made = changes.begin(EVERY[action], options, EVERYONE, expected=Contact.objects.count(), by=by)
    assert made.state == BulkChange.State.DONE, made.problem
    return made


def undo(change: BulkChange, by: User) -> BulkChange:
    changes.undo(change, by=by)
    change.refresh_from_db()
    assert change.state == BulkChange.State.UNDONE
    return change


def states(mailing_list: MailingList) -> list[str]:
    found = Subscription.objects.filter(list=mailing_list).order_by("contact")
    return list(found.values_list("state", flat=True))


def carrying(tag: str) -> list[str]:
    return list(Contact.objects.tagged(tag).order_by("pk").values_list("email", flat=True))


OPTIONS: dict[str, dict[str, object]] = {
    "add-tag": {"tag": "fair"},
    "remove-tag": {"tag": "vip"},
    "join-list": {"name": "Offers", "proof": "In person"},
    "leave-list": {"name": "Offers", "reason": "Asked"},
    "set-field": {"key": "city", "name": "City", "value": "Ulm"},
    "unsubscribe": {"reason": "Asked"},
    "suppress": {"reason": "Asked"},
    "delete": {},
}


def standing() -> list[list[tuple[Any, ...]]]:
    """All that decides who gets what. Tags are in no order."""
    people = Contact.objects.order_by("pk").values_list("pk", "email", "attributes__city", "attributes__tags")
    return [
        [(*values, sorted(tags or ())) for *values, tags in people],
        list(Subscription.objects.order_by("pk").values_list("pk", "contact", "list", "state", "expires_at")),
        list(Suppression.objects.order_by("email").values_list("email", "reason", "detail")),
    ]


@pytest.mark.parametrize("is_large", [False, True], ids=["at once", "by a worker"])
@pytest.mark.parametrize("action", list(EVERY))
def test_every_action_is_taken_back_as_a_whole(
    action: str, is_large: bool, people: list[Contact], marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Field.objects.create(key="city", label="City")
    offers = MailingList.objects.create(name="Offers")
    for person, values in zip(
        people, ({"city": "Bonn"}, {"tags": ["vip", "old"]}, {"city": "Ulm"}, {}, {}), strict=True
    ):
        Contact.objects.filter(pk=person.pk).update(attributes=values)
    for person, state in zip(people, ("subscribed", "unconfirmed", "unsubscribed"), strict=False):
        Subscription.objects.create(contact=person, list=offers, state=state)
    consent.suppress(people[3].email, Suppression.Reason.COMPLAINT, detail="said so")
    if is_large:
        monkeypatch.setattr(changes, "AT_ONCE", 0)
        monkeypatch.setattr(working, "SLICE", 2)
    before = standing()
    made = changes.begin(EVERY[action], OPTIONS[action] | {"list": offers.pk}, EVERYONE, expected=5, by=marketer)
    working.work(made.pk)
    assert standing() != before
    made.refresh_from_db()
    changes.undo(made, by=marketer)
    working.work(made.pk)
    made.refresh_from_db()
    assert (made.state, made.kept) == (BulkChange.State.UNDONE, 0)
    assert standing() == before


def test_ticked_people_get_a_tag_at_once_and_lose_it_by_the_undo_beside_it(
    browser: Client, people: list[Contact]
) -> None:
    Contact.objects.filter(pk=people[0].pk).update(attributes={"tags": ["vip"]})
    ticked = [people[0].pk, people[1].pk]
    asked = browser.get(f"/contacts/change/?action=add-tag&chosen={ticked[0]}&chosen={ticked[1]}&q=example")
    assert "2 people" in asked.content.decode()
    assert "p1@example.com" in asked.content.decode()
    told = {"action": "add-tag", "chosen": ticked, "q": "example", "do-tag": " vip "}
    answer = browser.post("/contacts/change/", told)
    assert answer.headers["Location"] == "/contacts/?q=example"
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "Done for 1 person of 2; the others carried it before, or carry too many." in page
    assert carrying("vip") == ["p0@example.com", "p1@example.com"]
    made = BulkChange.objects.get()
    answer = browser.post(f"/contacts/changes/{made.pk}/undo/", {"back": "?q=example"}, follow=True)
    assert "Undone for 1 person." in answer.content.decode()
    assert carrying("vip") == ["p0@example.com"], "who carried it before still does"
    actions = AuditEntry.objects.filter(action__startswith="contacts.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["contacts.add-tag", "contacts.change-undo"]


def test_ticked_people_who_are_gone_meanwhile_are_said_before_the_others_are_changed(
    browser: Client, people: list[Contact]
) -> None:
    query = "&".join(f"chosen={person.pk}" for person in people[:3])
    Contact.objects.filter(pk=people[0].pk).delete()
    asked = " ".join(browser.get(f"/contacts/change/?action=add-tag&{query}").content.decode().split())
    assert "Add a tag: 2 people" in asked
    assert "Of the 3 you ticked, 1 is gone meanwhile: deleted, or joined with another." in asked
    Contact.objects.all().delete()
    none = browser.get(f"/contacts/change/?action=add-tag&{query}", follow=True).content.decode()
    assert "Nobody of those you ticked is here any more." in none


def test_adding_to_a_list_keeps_the_proof_and_resubscribes_nobody(
    browser: Client, people: list[Contact], marketer: User
) -> None:
    offers = MailingList.objects.create(name="Offers")
    consent.subscribe(people[0], lists=[offers.pk], channel="setup")
    consent.unsubscribe(people[0], lists=[offers.pk], channel="page")
    consent.suppress(people[1].email, Suppression.Reason.HARD_BOUNCE)
    told = {"action": "join-list", "all": "1", "do-list": offers.pk, "do-consent_text": "Fair in May"}
    assert browser.post("/contacts/change/", told).status_code == 422, "where consent comes from is asked"
    browser.post("/contacts/change/", told | {"do-consent_source": "in_person"})
    assert states(offers) == ["unsubscribed", "subscribed", "subscribed", "subscribed"]
    proof = ConsentEvent.objects.filter(list=offers, contact=people[2]).get()
    assert (proof.kind, proof.by, "Fair in May" in proof.text) == ("given", marketer, True)
    consent.unsubscribe(people[2], lists=[offers.pk], channel="page")
    made = undo(BulkChange.objects.get(), marketer)
    assert (made.restored, made.kept) == (2, 1)
    assert states(offers) == ["unsubscribed", "unsubscribed"], "who left by their own word stays on record as such"


@pytest.mark.django_db(transaction=True)  # what comes after is told by the clock of transactions
def test_undo_of_unsubscribing_or_suppressing_brings_nobody_back_who_asked_for_it_since(
    people: list[Contact], news: MailingList, marketer: User
) -> None:
    made = begin("unsubscribe", marketer, reason="Wrong file")
    assert (made.changed, set(states(news)), Suppression.objects.count()) == (5, {"unsubscribed"}, 5)
    assert not consent.unsubscribe(people[0], lists=None, channel="one-click"), "it was so already"
    consent.suppress(people[1].email, Suppression.Reason.COMPLAINT)
    made = undo(made, marketer)
    assert (made.restored, made.kept) == (3, 2)
    assert states(news) == ["unsubscribed", "unsubscribed", "subscribed", "subscribed", "subscribed"]
    kept = Suppression.objects.order_by("email").values_list("email", "reason")
    assert list(kept) == [("p0@example.com", "unsubscribed"), ("p1@example.com", "complaint")]
    silent = begin("suppress", marketer, reason="Rivals")
    consent.unsubscribe(people[3], lists=None, channel="page")
    silent = undo(silent, marketer)
    assert (silent.restored, silent.kept) == (2, 1)
    assert set(Suppression.objects.values_list("email", flat=True)) == {people[n].email for n in (0, 1, 3)}


def test_undo_of_taking_off_a_list_restores_the_state(people: list[Contact], news: MailingList, marketer: User) -> None:
    Subscription.objects.filter(contact=people[1]).update(state="unconfirmed")
    off = begin("leave-list", marketer, list=news.pk, name="News", reason="Over")
    consent.unsubscribe(people[0], lists=[news.pk], channel="page")
    undo(off, marketer)
    assert states(news) == ["unsubscribed", "unconfirmed", "subscribed", "subscribed", "subscribed"]


def test_undo_gives_fields_back_and_keeps_what_was_changed_since(people: list[Contact], marketer: User) -> None:
    Field.objects.create(key="city", label="City")
    Contact.objects.filter(pk=people[0].pk).update(attributes={"city": "Ulm", "tags": ["vip"]})
    made = begin("set-field", marketer, key="city", name="City", value="Köln")
    (told,) = [entry for entry in timeline.entries(people[0]) if entry.kind == "change"]
    assert (told.title, told.url) == ("Set City to “Köln”, by Mia Marketer", made.get_absolute_url())
    Contact.objects.filter(pk=people[1].pk).update(attributes={"city": "Bonn"})
    undo(made, marketer)
    values = list(Contact.objects.order_by("pk").values_list("attributes", flat=True))
    assert values == [{"city": "Ulm", "tags": ["vip"]}, {"city": "Bonn"}, {}, {}, {}]


def everything() -> dict[str, list[Any]]:
    """All that is kept of people, table by table."""
    tables: tuple[Any, ...] = (
        Contact,
        Subscription,
        ConsentEvent,
        TrackingConsentEvent,
        Note,
        ValueChange,
        SignupRequest,
        MailedMonth,
    )
    return {str(table): list(table.objects.order_by("pk").values()) for table in tables}


def test_deleted_people_are_gone_from_everywhere_and_come_back_as_they_were(
    browser: Client, people: list[Contact], news: MailingList, marketer: User
) -> None:
    consent.unsubscribe(people[0], lists=[news.pk], channel="page")
    Contact.objects.filter(pk=people[1].pk).update(attributes={"city": "Ulm", "tags": ["vip"]}, first_name="Ana")
    Note.objects.create(contact=people[1], text="Called", by=marketer)
    ValueChange.objects.create(contact=people[1], values={"first_name": [None, "Ana"]}, by=marketer)
    MailedMonth.objects.create(contact=people[1], month="2026-11-01", joined="2026-10-01")
    tracking_consent.record(people[2], Answer({Part.CLICKS: "refused"}, channel="page", text="No"))
    form = SignupForm.objects.create(name="Sign up")
    SignupRequest.objects.create(
        form=form, email=people[3].email, key=people[3].email, contact=people[3], language="en", state="confirmed",
        asked_at=timezone.now(), expires_at=timezone.now(),
    )  # fmt: skip
    folding.fold()
    before, days = everything(), list(ListDay.objects.values("on", "joined", "unsubscribed", "deleted", "lost"))
    told = {"action": "delete", "all": "1"}
    page = browser.get("/contacts/change/", told).content.decode()
    assert "possible for 7 days" in page
    page = browser.post("/contacts/change/", told, follow=True).content.decode()
    assert "Done for 5 people." in page
    assert not any(everything().values())
    assert audience.summary(Audience((news.pk,))).matched == 0
    assert everybody.count() == 0
    assert Suppression.objects.get().email == people[0].email, "no later import brings them back"
    folding.fold()
    made = undo(BulkChange.objects.get(), marketer)
    assert (made.restored, made.kept) == (5, 0)
    assert everything() == before
    assert everybody.count() == 5
    assert not Suppression.objects.exists()
    folding.fold()
    assert list(ListDay.objects.values("on", "joined", "unsubscribed", "deleted", "lost")) == days
    assert not DeletedPerson.objects.exists()


@pytest.mark.parametrize(("meanwhile", "back", "lost"), [("nothing", 0, 3), ("lifted", 1, 3), ("complained", 0, 4)])
@pytest.mark.parametrize("is_folded", [True, False], ids=["folded", "at once"])
def test_who_could_not_be_reached_and_comes_back_counts_once_in_the_days_of_lists(
    is_folded: bool, meanwhile: str, back: int, lost: int, people: list[Contact], news: MailingList, marketer: User
) -> None:
    consent.suppress(people[0].email, Suppression.Reason.HARD_BOUNCE)
    of_lists.suppress([people[1].email], news, reason="Asked", by=None)
    Subscription.objects.filter(contact=people[2]).update(expires_at=timezone.now() - timedelta(days=30))
    folding.fold()
    made = begin("delete", marketer)
    if meanwhile == "lifted":
        Suppression.objects.all().delete()
    elif meanwhile == "complained":
        consent.suppress(people[3].email, Suppression.Reason.COMPLAINT)
    if is_folded:
        folding.fold()
    undo(made, marketer)
    folding.fold()
    day = ListDay.objects.values_list("joined", "back", "unsubscribed", "deleted", "lost").get()
    assert day == (5, back, 0, 0, lost)


def test_who_came_back_meanwhile_stays_and_what_was_said_meanwhile_holds(
    people: list[Contact], news: MailingList, marketer: User
) -> None:
    other = MailingList.objects.create(name="Offers")
    consent.subscribe(people[1], lists=[other.pk], channel="hand")
    Note.objects.create(contact=people[1], text="Called", by=User.objects.create(email="gone@nordlicht.example"))
    made = begin("delete", marketer)
    again = Contact.objects.create(email=people[0].email.upper(), first_name="Anew")
    consent.suppress(people[2].email, Suppression.Reason.COMPLAINT)
    consent.delete_list(other)
    User.objects.filter(email="gone@nordlicht.example").delete()
    made = undo(made, marketer)
    assert (made.restored, made.kept) == (4, 1)
    assert Contact.objects.get(email__iexact=people[0].email) == again
    assert list(people[1].subscriptions.values_list("list", flat=True)) == [news.pk]
    assert people[1].notes.get().by is None
    assert Suppression.objects.get().email == people[2].email
    assert audience.summary(Audience((news.pk,))).will_receive == 3


def test_what_is_kept_of_deleted_people_goes_after_a_week_or_when_they_are_erased(
    people: list[Contact], marketer: User
) -> None:
    made = begin("delete", marketer)
    erasing.work(beginning.begin(people[0].email, by=marketer, request=marketer, reason="Asked").pk)
    assert sorted(DeletedPerson.objects.values_list("email", flat=True)) == [one.email for one in people[1:]]
    BulkChange.objects.update(finished_at=timezone.now() - timedelta(days=8))
    working.forget()
    assert not DeletedPerson.objects.exists()
    made.refresh_from_db()
    assert "these are over" in changes.why_not_undone(made, marketer)


@pytest.mark.parametrize("after", ["deleted people", "contacts", "staged rows", "fixed audiences"])
def test_an_undo_at_any_step_of_erasing_brings_back_only_the_others(
    after: str, people: list[Contact], marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begin("delete", marketer)
    erasure = beginning.begin(people[0].email, by=marketer, request=marketer, reason="Asked")
    found = registry.parts()

    def undone_between(person: registry.Person) -> int:
        undo(made, marketer)
        return 0

    at = [part.name for part in found].index(after) + 1
    found.insert(at, registry.Part("undo", "", undone_between))
    monkeypatch.setattr(registry, "parts", lambda: found)
    erasing.work(erasure.pk)
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.DONE
    emails = Contact.objects.order_by("pk").values_list("email", flat=True)
    assert list(emails) == [one.email for one in people[1:]]
    assert not DeletedPerson.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_erasing_while_an_undo_is_under_way_takes_up_again_whom_that_brought_back(
    people: list[Contact], marketer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.erase, "delay", lambda **_: None)
    made = begin("delete", marketer)
    erasure = beginning.begin(people[0].email, by=marketer, request=marketer, reason="Asked")
    never_gone = restoring.never_gone

    def erase() -> None:
        with suppress(OperationalError), connection.cursor() as cursor:  # the sweep takes it up again
            cursor.execute("SET lock_timeout = '200ms'")
            erasing.work(erasure.pk)
        connection.close()

    def meanwhile(*given: Any) -> None:
        thread = Thread(target=erase)
        thread.start()
        thread.join()
        never_gone(*given)

    monkeypatch.setattr(restoring, "never_gone", meanwhile)
    undo(made, marketer)
    erasing.work(erasure.pk)
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.DONE
    assert not Contact.objects.filter(email=people[0].email).exists()


def test_one_person_is_deleted_on_their_page_with_an_undo_beside_the_table(
    browser: Client, people: list[Contact]
) -> None:
    page = browser.post(f"/contacts/{people[4].pk}/delete/", follow=True).content.decode()
    assert "Done for 1 person." in page
    assert list(AuditEntry.objects.values_list("action", "subject")) == [("contacts.delete", people[4].email)]
    made = BulkChange.objects.get()
    assert f"/contacts/changes/{made.pk}/undo/" in page
    page = browser.post(f"/contacts/changes/{made.pk}/undo/", {"back": ""}, follow=True).content.decode()
    assert "Undone for 1 person." in page
    assert Contact.objects.get(pk=people[4].pk).subscriptions.count() == 1


def test_a_deletion_that_failed_says_so(
    browser: Client, people: list[Contact], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent, "erase_all", lambda _: 1 // 0)
    page = browser.post(f"/contacts/{people[4].pk}/delete/", follow=True).content.decode()
    assert "Something went wrong on our side." in page
    assert "Done for" not in page
    assert Contact.objects.filter(pk=people[4].pk).exists()


def test_a_killed_worker_leaves_every_slice_done_or_not_and_the_next_goes_on(
    people: list[Contact], marketer: User, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "SLICE", 2)
    monkeypatch.setattr(changes, "AT_ONCE", 0)
    made = changes.begin(EVERY["suppress"], {"reason": "x"}, EVERYONE, expected=5, by=owner)
    for _ in range(3):  # it is frozen, two slices are done
        assert working.step(made.pk)
    Contact.objects.create(email="late@example.com")
    BulkChange.objects.update(alive_at=timezone.now() - timedelta(minutes=3))
    assert working.abandoned() == [made.pk]
    changes.cancel(made, by=owner)
    working.work(made.pk)
    made.refresh_from_db()
    assert (made.state, made.total, made.seen, made.changed) == (BulkChange.State.CANCELLED, 5, 4, 4)
    assert Suppression.objects.count() == 4, "what is done stays"
    with pytest.raises(changes.NotPossible, match="whoever did it"):
        changes.undo(made, by=marketer)
    changes.undo(made, by=owner)
    working.work(made.pk)
    working.work(made.pk)
    assert not Suppression.objects.exists()
    BulkChange.objects.update(finished_at=timezone.now() - timedelta(days=8))
    working.forget()
    assert not BulkSlice.objects.exists()
    grown = changes.begin(EVERY["suppress"], {"reason": "x"}, EVERYONE, expected=5, by=owner)
    working.work(grown.pk)
    grown.refresh_from_db()
    assert grown.state == BulkChange.State.FAILED
    assert "meanwhile it would be 6 people" in grown.problem
    assert not Suppression.objects.exists()
