"""Links in mails to somebody who was merged work for the one who is left, and numbers are of one person."""

from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import User
from contacts import audience
from contacts.erasing import beginning, working
from contacts.merging import joining, parting
from contacts.models import Contact, Erasure, MailingList, Merge, Subscription, Suppression
from delivery.models import Message
from tests.delivery.feedback.returned import bounce, hand_in
from tests.tracking.conftest import Reader, Sent
from tracking import tagging, unsubscribing
from tracking.cohorts import folding as cohorts
from tracking.intake import folding
from tracking.models import Engagement, EventKind, MailedMonth, Tagging

pytestmark = pytest.mark.django_db


@pytest.fixture
def merge(sent: Sent, marketer: User) -> Callable[[], Merge]:
    """The first reader becomes the second."""

    def make() -> Merge:
        gone, kept = sent.messages[0].contact_id or 0, sent.messages[1].contact_id or 0
        return joining.merge(kept, gone, values={}, by=marketer, request=marketer)

    return make


def reached(*lists: MailingList) -> int:
    return audience.summary(audience.Audience(tuple(one.pk for one in lists))).will_receive


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_unsubscribe_link_of_the_old_address_works(
    sent: Sent, reader: Reader, merge: Callable[[], Merge], take_in: Callable[[], int], when: str
) -> None:
    """Also when it was pressed before, and the intake hears of it after."""
    if when == "after":
        merge()
    answer = reader("POST", sent.unsubscribe(0), b"List-Unsubscribe=One-Click")
    assert answer.status == 200
    if when == "before":
        merge()
    take_in()
    kept = sent.messages[1].contact_id or 0
    assert {one.state for one in Subscription.objects.filter(contact_id=kept, list=sent.lists[0])} == {"unsubscribed"}
    assert reached(sent.lists[0]) == 1
    found = Engagement.objects.get(batch=sent.batch, kind=EventKind.UNSUBSCRIBE)
    assert found.message_id == sent.messages[0].pk


def test_the_preference_page_of_the_old_address_is_of_the_one_who_is_left(
    sent: Sent, reader: Reader, merge: Callable[[], Merge]
) -> None:
    merge()
    answer = reader("GET", f"{sent.unsubscribe(0)}/preferences")
    assert answer.status == 200
    assert sent.lists[0].name in answer.body.decode()


def test_a_link_of_the_old_address_works_when_the_one_who_was_left_is_deleted_too(
    sent: Sent, reader: Reader, merge: Callable[[], Merge]
) -> None:
    merge().contact.delete()
    assert reader("POST", sent.unsubscribe(0), b"List-Unsubscribe=One-Click").status == 200
    assert Suppression.objects.filter(email=sent.messages[0].email).exists()


def test_opens_and_clicks_of_both_are_of_one_person(
    sent: Sent, reader: Reader, merge: Callable[[], Merge], take_in: Callable[[], int]
) -> None:
    reader("GET", sent.open(0))
    take_in()  # not folded before they are merged
    merge()
    reader("GET", sent.click(0, 1))
    take_in()
    folding.fold()
    kept = sent.contact(1)
    assert (kept.recent_mails, kept.recent_opened, kept.recent_clicked) == (1, 1, 1)
    assert kept.last_opened_at
    assert kept.last_clicked_at
    assert Message.objects.filter(contact_id=kept.pk).count() == 2


def test_a_complaint_about_a_mail_to_the_old_address_closes_both(sent: Sent, merge: Callable[[], Merge]) -> None:
    from tests.delivery.feedback.returned import report

    merge()
    hand_in(report(sent.messages[0]))
    told = dict(Suppression.objects.values_list("email", "reason"))
    assert told == {sent.messages[0].email: "complaint", sent.messages[1].email: "complaint"}


def test_a_bounce_of_the_old_address_closes_that_one_alone(sent: Sent, merge: Callable[[], Merge]) -> None:
    made = merge()
    hand_in(bounce(sent.messages[0], words="550 5.1.1 user unknown"))
    assert list(Suppression.objects.values_list("email", flat=True)) == [sent.messages[0].email]
    assert reached(sent.lists[0]) == 2
    assert made.contact.email == sent.messages[1].email


def test_months_count_one_person_and_two_again_after_an_undo(
    sent: Sent, reader: Reader, merge: Callable[[], Merge], take_in: Callable[[], int], marketer: User
) -> None:
    people = [sent.messages[number].contact_id or 0 for number in (0, 1)]
    MailedMonth.objects.bulk_create(
        MailedMonth(contact_id=number, month=month, joined="2026-01-01", clicked=clicked)
        for number, month, clicked in (
            (people[0], "2026-02-01", True),
            (people[1], "2026-02-01", False),
            (people[0], "2026-03-01", False),
        )
    )
    cohorts.recount()
    was = [(month, mailed) for month, (mailed, _) in sums().items()]
    made = merge()
    assert sums() == {"2026-02-01": (1, 1), "2026-03-01": (1, 0)}
    cohorts.recount()
    assert sums() == {"2026-02-01": (1, 1), "2026-03-01": (1, 0)}
    parting.undo(made.pk, by=marketer, request=marketer)
    cohorts.recount()
    assert [(month, mailed) for month, (mailed, _) in sums().items()] == was


def sums() -> dict[str, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT month::text, mailed, clicked FROM tracking_cohort ORDER BY 1")
        return {month: (mailed, clicked) for month, mailed, clicked in cursor.fetchall()}


@pytest.mark.parametrize("is_undone", [False, True], ids=["merged", "undone"])
def test_a_tag_is_taken_back_from_whoever_has_it_now(
    sent: Sent, reader: Reader, merge: Callable[[], Merge], take_in: Callable[[], int], marketer: User, is_undone: bool
) -> None:
    """Given to who clicked, before these were merged."""
    reader("GET", sent.click(0))
    take_in()
    made = Tagging.objects.create(batch=sent.batch, term="clicked", tag="keen")
    tagging.work(made.pk)
    merged = merge()
    assert sent.contact(1).attributes["tags"] == ["keen"]
    if is_undone:
        parting.undo(merged.pk, by=marketer, request=marketer)
    made.refresh_from_db()
    tagging.undo(made, by=marketer)
    tagging.work(made.pk)
    assert not [person for person in Contact.objects.all() if "tags" in person.attributes]


@pytest.mark.parametrize("whose", [0, 1], ids=["old", "new"])
def test_whoever_leaves_is_shown_the_mail_in_which_their_link_was(
    sent: Sent, merge: Callable[[], Merge], whose: int
) -> None:
    merge()
    leaver = unsubscribing.recognise(sent.unsubscribe(whose).removeprefix("/u/"))
    assert leaver is not None
    unsubscribing.leave(leaver, lists=None, channel=unsubscribing.Channel.PAGE, ip=None, user_agent="")
    assert Suppression.objects.get(email=sent.messages[1].email).message_id == sent.messages[whose].pk


def test_erasing_the_first_of_three_in_a_row_erases_all_three(sent: Sent, marketer: User) -> None:
    ids = [sent.messages[number].contact_id or 0 for number in range(3)]
    joining.merge(ids[1], ids[0], values={}, by=marketer, request=marketer)
    joining.merge(ids[2], ids[1], values={}, by=marketer, request=marketer)
    beginning.begin(sent.messages[0].email, by=marketer, request=marketer, reason="by letter")
    for erasure in Erasure.objects.all():
        working.work(erasure.pk)
    assert Erasure.objects.filter(state="done").count() == 3
    assert not Contact.objects.filter(pk__in=ids).exists()
    assert Suppression.objects.filter(is_erased=True).count() == 3


@pytest.mark.parametrize("asked_for", ["old", "new"])
def test_erasing_one_address_erases_the_person_from_everywhere(
    sent: Sent, merge: Callable[[], Merge], marketer: User, asked_for: str
) -> None:
    merge()
    emails = [sent.messages[0].email, sent.messages[1].email]
    Message.objects.filter(pk=sent.messages[0].pk).update(reply=f"250 ok {emails[0]}")
    beginning.begin(emails[asked_for == "new"], by=marketer, request=marketer, reason="by letter")
    for erasure in Erasure.objects.all():
        working.work(erasure.pk)
    assert Erasure.objects.filter(state="done").count() == 2
    assert not Contact.objects.filter(email__in=emails).exists()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608
            rows = [row for (row,) in cursor.fetchall()]
            assert not [row for row in rows if emails[0] in row or emails[1] in row], table
    assert Suppression.objects.filter(is_erased=True).count() == 2
