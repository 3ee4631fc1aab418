"""Two contacts turn out to be one person: nothing that one of them said gets lost, and for a week it can be undone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from contacts import audience, consent, tracking_consent
from contacts.bulk import working as bulk_working
from contacts.bulk.selection import Selection
from contacts.filtering import Filter
from contacts.growth import folding, reading
from contacts.merging import joining, known, parting, twins
from contacts.models import (
    BulkChange,
    ConsentEvent,
    Contact,
    ImportJob,
    MailingList,
    Merge,
    Note,
    SignupForm,
    SignupRequest,
    Subscription,
    Suppression,
    TrackingConsent,
)
from contacts.signup import confirming
from contacts.suppression import holding, of_lists
from contacts.table import counting
from contacts.tracking_consent import Answer, Part

pytestmark = pytest.mark.django_db
OLD, NEW = "ana@old.example", "ana@new.example"


@pytest.fixture
def kept(news: MailingList) -> Contact:
    person = Contact.objects.create(
        email=NEW, first_name="Ana", attributes={"city": "Ulm", "tags": ["vip"]}, time_zone="Europe/Berlin"
    )
    consent.subscribe(person, lists=[news.pk], channel="hand", text="Asked me")
    return person


@pytest.fixture
def gone(news: MailingList) -> Contact:
    person = Contact.objects.create(
        email=OLD, first_name="Anna", last_name="Lund", attributes={"city": "Köln", "size": 4, "tags": ["press", "vip"]}
    )
    consent.subscribe(person, lists=[news.pk], channel="form", text="Form, wording 1")
    return person


@pytest.fixture
def merge(kept: Contact, gone: Contact, marketer: User) -> Callable[..., Merge]:
    def make(**values: int) -> Merge:
        return joining.merge(kept.pk, gone.pk, values=values, by=marketer, request=marketer)

    return make


def state(person: Contact, on: MailingList) -> str:
    return str(Subscription.objects.get(contact=person, list=on).state)


def reached(*lists: MailingList) -> int:
    return audience.summary(audience.Audience(tuple(one.pk for one in lists))).will_receive


def test_what_one_of_them_lacks_the_other_gives(kept: Contact, gone: Contact, merge: Callable[..., Merge]) -> None:
    created = gone.created_at - timedelta(days=300)
    Contact.objects.filter(pk=gone.pk).update(created_at=created)
    merge(first_name=kept.pk, field_city=gone.pk)
    kept.refresh_from_db()
    assert (kept.email, kept.name, kept.time_zone) == (NEW, "Ana Lund", "Europe/Berlin")
    assert kept.attributes == {"city": "Köln", "size": 4, "tags": ["vip", "press"]}
    assert kept.created_at == created
    assert not Contact.objects.filter(pk=gone.pk).exists()
    assert kept.value_changes.get().values["last_name"] == ["", "Lund"]


@pytest.mark.parametrize("who", ["kept", "gone"])
def test_who_left_a_list_as_one_of_them_is_not_mailed_as_the_other(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList, who: str
) -> None:
    consent.unsubscribe(kept if who == "kept" else gone, lists=[news.pk], channel="page")
    assert reached(news) == 1
    merge()
    assert state(kept, news) == "unsubscribed"
    assert reached(news) == 0
    assert consent.subscribe(kept, lists=[news.pk], channel="hand") == []


@pytest.mark.parametrize("reason", ["unsubscribed", "complaint", "manual"])
def test_what_was_said_against_all_mail_holds_for_the_address_that_stays(
    kept: Contact, merge: Callable[..., Merge], news: MailingList, reason: str
) -> None:
    consent.suppress(NEW, Suppression.Reason.HARD_BOUNCE)
    consent.suppress(OLD, reason, source="page")
    merge()
    told = dict(Suppression.objects.values_list("email", "reason"))
    assert told == {NEW: "hard_bounce" if reason == "manual" else reason, OLD: reason}
    assert reached(news) == 0


def test_who_complains_in_a_report_that_waits_for_a_look_waits_under_the_address_that_stays(
    merge: Callable[..., Merge], news: MailingList, marketer: User
) -> None:
    holding.hold_with("webhook 3", [(OLD, 7)])
    made = merge()
    assert reached(news) == 0
    parting.undo(made.pk, by=marketer, request=marketer)
    assert reached(news) == 1, "only who said it waits"
    assert holding.end_with("webhook 3", {7}) == 1
    assert reached(news) == 2


def test_that_the_other_mailbox_was_out_of_reach_stays_with_that_address(
    kept: Contact, merge: Callable[..., Merge], news: MailingList
) -> None:
    consent.suppress(OLD, Suppression.Reason.HARD_BOUNCE)
    merge()
    assert list(Suppression.objects.values_list("email", "reason")) == [(OLD, "hard_bounce")]
    assert reached(news) == 1


def test_lists_are_united_and_the_unconfirmed_address_stays_unconfirmed(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList
) -> None:
    events = MailingList.objects.create(name="Events")
    consent.subscribe(gone, lists=[events.pk], channel="hand")
    Subscription.objects.filter(contact=kept, list=news).update(state="unconfirmed")
    merge()
    assert (state(kept, news), state(kept, events)) == ("unconfirmed", "subscribed")
    assert Subscription.objects.count() == 2
    folding.fold()
    today = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))  # where the organisation is
    told = reading.by_list(since=today, until=today)
    assert {one.pk: told[one.pk][1] for one in (news, events)} == {news.pk: 0, events.pk: 1}


def test_proofs_of_both_are_kept_with_their_origin_and_the_stricter_word_on_counting_holds(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], client_for: Callable[[User], Client], marketer: User
) -> None:
    tracking_consent.record(kept, Answer({Part.OPENS: TrackingConsent.GIVEN}, "page", "Yes"))
    tracking_consent.record(gone, Answer({Part.OPENS: TrackingConsent.REFUSED}, "page", "No"))
    made = merge()
    kept.refresh_from_db()
    assert kept.open_consent == "refused"
    assert list(kept.tracking_events.order_by("pk").values_list("channel", "state")) == [
        ("page", "given"),
        ("page", "refused"),
        ("merge", "refused"),
    ]
    assert ConsentEvent.objects.filter(contact=kept).count() == 2
    (form,) = ConsentEvent.objects.filter(channel="form")
    assert made.consent_ids == [form.pk]
    page = client_for(marketer).get(reverse("contact-consent", args=[kept.pk])).content.decode()
    assert f"said as {OLD}" in page
    with pytest.raises(Exception, match="kept as it is"):
        ConsentEvent.objects.filter(pk=form.pk).update(text="changed")


def test_the_story_notes_and_numbers_are_of_both(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], client_for: Callable[[User], Client], marketer: User
) -> None:
    Note.objects.create(contact=gone, text="Called about her order", by=marketer)
    merge()
    page = client_for(marketer).get(kept.get_absolute_url()).content.decode()
    assert "Called about her order" in page
    assert f"Merged with {OLD}" in page
    assert counting.counted(Filter()) == (1, True)
    assert AuditEntry.objects.get(action="contact.merge").detail == {"merged": OLD}
    response = client_for(marketer).get(reverse("contact", args=[gone.pk]))
    assert response["Location"] == kept.get_absolute_url()
    data = client_for(marketer).post(reverse("contact-data", args=[kept.pk]), {"as": "json"}).content.decode()
    assert OLD in data


def test_an_import_of_the_old_address_is_about_the_one_who_is_left(
    kept: Contact, merge: Callable[..., Merge], run: Callable[..., ImportJob], news: MailingList
) -> None:
    merge()
    job = run(f"Email,Last name,City\n{OLD.upper()},Holm,Bonn\n", lists=(news.pk,), mode="overwrite")
    kept.refresh_from_db()
    assert (kept.email, kept.last_name, kept.attributes["city"]) == (NEW, "Holm", "Bonn")
    assert Contact.objects.count() == 1
    assert (job.counts["expected"]["redirected"], job.counts["done"]["updated"]) == (1, 1)


def test_a_file_says_no_for_the_old_address_and_the_one_who_is_left_gets_no_mail(
    kept: Contact, merge: Callable[..., Merge], check: Callable[..., ImportJob], news: MailingList
) -> None:
    """Merged after the dry run, while the file waits to be imported, which also has the other address in it."""
    from contacts.importing.running import jobs, working

    job = check(f"Email,Status\n{NEW},subscribed\n{OLD},unsubscribed\n", lists=(news.pk,))
    merge()
    jobs.start(job)
    working.work(job.pk)
    assert ImportJob.objects.get(pk=job.pk).state == "done"
    assert (state(kept, news), reached(news), Contact.objects.count()) == ("unsubscribed", 0, 1)


def test_a_bounce_that_a_file_tells_of_the_old_address_does_not_close_the_other(
    kept: Contact, merge: Callable[..., Merge], run: Callable[..., ImportJob], news: MailingList
) -> None:
    merge()
    run(f"Email,Status\n{OLD},bounced\n", lists=(news.pk,))
    assert (reached(news), Contact.objects.count()) == (1, 1)


def test_the_old_address_is_not_added_again_by_hand(
    kept: Contact, merge: Callable[..., Merge], client_for: Callable[[User], Client], marketer: User
) -> None:
    merge()
    response = client_for(marketer).post(reverse("contact-add"), {"email": OLD})
    assert response.status_code == 422
    assert "was merged into" in response.content.decode()


@pytest.mark.parametrize("is_frozen", [True, False], ids=["frozen", "not frozen yet"])
def test_a_change_of_many_people_under_way_reaches_the_one_who_is_left(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList, is_frozen: bool
) -> None:
    change = BulkChange.objects.create(
        action="unsubscribe", options={"reason": "x"}, chosen=Selection((gone.pk,)).to_json(), expected=1
    )
    if is_frozen:
        bulk_working.step(change.pk)
    merge()
    bulk_working.work(change.pk)
    assert reached(news) == 0
    change.refresh_from_db()
    assert (change.seen, change.changed) == (1, 1)


def test_a_change_of_both_is_done_once_to_the_one_who_is_left(
    kept: Contact, gone: Contact, merge: Callable[..., Merge]
) -> None:
    chosen = Selection((kept.pk, gone.pk)).to_json()
    change = BulkChange.objects.create(action="add-tag", options={"tag": "keen"}, chosen=chosen, expected=2)
    bulk_working.step(change.pk)
    merge()
    bulk_working.work(change.pk)
    kept.refresh_from_db()
    change.refresh_from_db()
    assert kept.attributes["tags"] == ["vip", "press", "keen"]
    assert (change.seen, change.changed) == (1, 1)


def test_a_change_of_many_people_reaches_who_is_one_of_two_again_when_it_is_done(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList, marketer: User
) -> None:
    change = BulkChange.objects.create(
        action="unsubscribe", options={"reason": "x"}, chosen=Selection((gone.pk,)).to_json(), expected=1
    )
    bulk_working.step(change.pk)
    parting.undo(merge().pk, by=marketer, request=marketer)
    bulk_working.work(change.pk)
    assert (state(kept, news), state(gone, news)) == ("subscribed", "unsubscribed")


def test_undo_makes_two_of_them_again(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList, marketer: User
) -> None:
    Note.objects.create(contact=gone, text="Of the old one")
    consent.unsubscribe(gone, lists=[news.pk], channel="page")
    was = _rows(kept, gone)
    made = merge(first_name=gone.pk, field_city=gone.pk)
    assert state(kept, news) == "unsubscribed"
    back = parting.undo(made.pk, by=marketer, request=marketer)
    assert back.pk == gone.pk
    assert _rows(kept, gone) == was
    assert (state(kept, news), state(gone, news)) == ("subscribed", "unsubscribed")
    assert not Suppression.objects.exists()
    assert Note.objects.get().contact_id == gone.pk
    assert gone.consent_events.count() == 2
    assert AuditEntry.objects.filter(action="contact.merge-undo").exists()


def test_undo_keeps_what_was_said_since(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList, marketer: User
) -> None:
    made = merge()
    consent.unsubscribe(kept, lists=None, channel="page")
    Contact.objects.filter(pk=kept.pk).update(first_name="Anouk", open_consent="refused")
    parting.undo(made.pk, by=marketer, request=marketer)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.first_name, gone.first_name) == ("Anouk", "Anna")
    assert (kept.open_consent, gone.open_consent) == ("refused", "refused")
    assert {state(kept, news), state(gone, news)} == {"unsubscribed"}
    assert dict(Suppression.objects.values_list("email", "reason")) == {NEW: "unsubscribed", OLD: "unsubscribed"}
    assert reached(news) == 0


def test_undo_takes_back_that_the_kept_address_is_suppressed_for_a_list_too(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList, marketer: User
) -> None:
    other = MailingList.objects.create(name="Other")
    of_lists.suppress([OLD], news, reason="A competitor", by=None)
    of_lists.suppress([NEW], other, reason="By telephone", by=None)
    made = merge()
    assert {one.list for one in of_lists.of(NEW)} == {news, other}
    parting.undo(made.pk, by=marketer, request=marketer)
    assert [one.list for one in of_lists.of(NEW)] == [other], "what was there before stays"
    assert [one.list for one in of_lists.of(OLD)] == [news]


def test_of_three_in_a_row_the_undo_of_the_last_merge_takes_the_first_one_along(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList, marketer: User
) -> None:
    """What is still said under the first address is of whom it was merged into, not of the last."""
    third = Contact.objects.create(email="ana@third.example")
    consent.subscribe(third, lists=[news.pk], channel="hand")
    merge()
    last = joining.merge(third.pk, kept.pk, values={}, by=marketer, request=marketer)
    assert known.numbers(third) == {OLD: gone.pk, NEW: kept.pk, third.email: third.pk}
    parting.undo(last.pk, by=marketer, request=marketer)
    assert known.present(gone.pk) == kept
    assert known.numbers(third) == {third.email: third.pk}
    consent.unsubscribe(Contact(pk=gone.pk, email=OLD), lists=None, channel="one-click")
    assert (state(kept, news), state(third, news)) == ("unsubscribed", "subscribed")


def test_who_goes_back_to_the_merged_address_gets_mail_there(
    kept: Contact, merge: Callable[..., Merge], news: MailingList, client_for: Callable[[User], Client], marketer: User
) -> None:
    merge()
    url = reverse("contact-edit", args=[kept.pk])
    form = client_for(marketer).get(url).context["form"]
    given = {name: value for name, value in form.initial.items() if value not in (None, "")}
    assert client_for(marketer).post(url, given | {"email": OLD}).status_code == 302
    kept.refresh_from_db()
    assert kept.email == OLD
    assert reached(news) == 1


def test_whoever_confirms_a_sign_up_of_the_old_address_is_no_second_person(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList
) -> None:
    """The mail with the button came before the merge."""
    form = SignupForm.objects.create(name="Site", title="News")
    form.lists.add(news)
    Subscription.objects.filter(contact=gone).update(state="unconfirmed")
    now = timezone.now()
    asked = SignupRequest.objects.create(
        form=form, email=OLD, key=OLD, lists=[news.pk], asked_at=now, expires_at=now + timedelta(days=7)
    )
    merge()
    with pytest.raises(consent.StillSuppressed):
        confirming.confirm(asked, lists=[news.pk], ip=None, now=now)
    assert [one.email for one in Contact.objects.all()] == [NEW]
    assert (state(kept, news), reached(news)) == ("subscribed", 1)


def test_a_campaign_to_a_tag_finds_the_one_who_carries_it_now(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList, marketer: User
) -> None:
    """It was scheduled while only the old address carried the tag."""
    planned = audience.Audience.from_json(audience.Audience((news.pk,), tags=("press",)).to_json())
    assert audience.summary(planned).will_receive == 1
    made = merge()
    assert audience.summary(planned).will_receive == 1
    parting.undo(made.pk, by=marketer, request=marketer)
    with connection.cursor() as cursor:
        cursor.execute(*audience.select(planned))
        assert [email for _, email in cursor.fetchall()] == [OLD]


def test_undo_ends_after_a_week_and_then_nothing_is_kept_for_it(merge: Callable[..., Merge], marketer: User) -> None:
    made = merge()
    Merge.objects.update(at=timezone.now() - timedelta(days=8))
    parting.forget()
    made.refresh_from_db()
    assert made.was == {}
    with pytest.raises(joining.NotPossible):
        parting.undo(made.pk, by=marketer, request=marketer)


def test_whoever_leaves_by_an_earlier_link_at_that_moment_leaves_as_the_one_who_is_left(
    kept: Contact, gone: Contact, merge: Callable[..., Merge], news: MailingList
) -> None:
    merge()
    consent.unsubscribe(Contact(pk=gone.pk, email=OLD), lists=None, channel="one-click")
    assert (state(kept, news), reached(news)) == ("unsubscribed", 0)


def test_twins_are_found_by_what_their_addresses_and_names_share(kept: Contact, gone: Contact) -> None:
    made = Contact.objects.bulk_create(
        Contact(email=email, first_name=first, last_name=last)
        for email, first, last in (
            ("ben.holm@gmail.com", "Ben", "Holm"),
            ("b.enholm+news@gmail.com", "", ""),
            ("benholm@gmail.com", "B", "H"),
            ("ben@work.example", "Ben", "Holm"),
            ("ben.holm@work.example", "", ""),
            ("other@gmail.com", "Ben", "Other"),
        )
    )
    told = {one.email: said for one, said in twins.likely(made[0])}
    assert set(told) == {
        "benholm@gmail.com",
        "b.enholm+news@gmail.com",
        "ben@work.example",
        "ben.holm@work.example",
    }
    assert "same mailbox" in told["benholm@gmail.com"]


def test_the_page_shows_both_and_merges_what_is_chosen(
    kept: Contact, gone: Contact, client_for: Callable[[User], Client], marketer: User, news: MailingList
) -> None:
    browser = client_for(marketer)
    assert OLD in browser.get(reverse("contact-merge", args=[kept.pk])).content.decode()
    assert OLD in browser.get(reverse("contact-merge", args=[kept.pk]), {"q": "anna"}).content.decode()
    url = reverse("contact-merge-with", args=[kept.pk, gone.pk])
    consent.unsubscribe(gone, lists=[news.pk], channel="page")
    assert "Unsubscribed" in browser.get(url).content.decode()
    chosen = {"address": gone.pk, "first_name": kept.pk, "last_name": gone.pk, "time_zone": kept.pk}
    assert browser.post(url, chosen).status_code == 422  # nothing is said of the city and the size
    response = browser.post(url, chosen | {"field_city": kept.pk, "field_size": gone.pk})
    assert response["Location"] == gone.get_absolute_url()
    gone.refresh_from_db()
    assert (gone.email, gone.name, gone.attributes["city"]) == (OLD, "Ana Lund", "Ulm")
    assert browser.post(reverse("contact-merge-undo", args=[Merge.objects.get().pk])).status_code == 302
    assert Contact.objects.count() == 2


def _rows(*people: Contact) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(c) - 'updated_at' FROM contacts_contact c WHERE id = ANY(%s) ORDER BY id",
            [[one.pk for one in people]],
        )
        return [row for (row,) in cursor.fetchall()]
