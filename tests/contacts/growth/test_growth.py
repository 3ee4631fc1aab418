"""Days add up to who can be reached, whatever happened in whatever order and by which way."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation
from contacts import consent
from contacts.grounds import expiring
from contacts.growth import folding, reading
from contacts.growth.reading import Change
from contacts.models import Contact, ListBasis, ListDay, ListSuppression, MailingList, Subscription, Suppression
from contacts.suppression import of_lists
from tests.contacts.conftest import Upload

pytestmark = pytest.mark.django_db


def today_of(one: MailingList) -> Change:
    folding.fold()
    return reading.by_list(since=timezone.localdate(), until=timezone.localdate()).get(one.pk, (Change(), 0))[0]


def total(one: MailingList) -> int:
    folding.fold()
    on = timezone.localdate()
    return reading.growth([one.pk], since=on, until=on).total


def recounted(one: MailingList) -> int:
    """From the rows themselves."""
    suppressed = set(Suppression.objects.values_list("email", flat=True))
    suppressed |= set(ListSuppression.objects.filter(list=one).values_list("email", flat=True))
    held = Subscription.objects.filter(list=one, state="subscribed").exclude(expires_at__lte=timezone.now())
    return sum(email.lower() not in suppressed for email in held.values_list("contact__email", flat=True))


def join(email: str, *lists: MailingList) -> Contact:
    contact = Contact.objects.create(email=email)
    consent.subscribe(contact, lists=[one.pk for one in lists], channel="hand")
    return contact


def test_who_joins_leaves_and_comes_back_is_counted_each_time(news: MailingList) -> None:
    ada, _ = join("ada@example.com", news), join("ben@example.com", news)
    assert today_of(news) == Change(joined=2)
    consent.unsubscribe(ada, lists=[news.pk], channel="page")
    assert today_of(news) == Change(joined=2, unsubscribed=1)
    consent.resubscribe(ada, lists=[news.pk], channel="hand", by=None, text="Asked on the phone")
    assert today_of(news) == Change(joined=3, unsubscribed=1)
    assert total(news) == recounted(news) == 2


def test_who_bounces_is_lost_and_back_when_that_is_lifted(news: MailingList) -> None:
    join("ada@example.com", news)
    consent.suppress("Ada@example.com", Suppression.Reason.HARD_BOUNCE, source="smtp")
    assert today_of(news) == Change(joined=1, lost=1)
    assert total(news) == 0
    consent.lift("ada@example.com", by=None)
    assert today_of(news) == Change(joined=1, lost=1, back=1)
    assert total(news) == 1


def test_who_is_suppressed_for_a_list_is_lost_to_it_alone_also_when_they_join_later(news: MailingList) -> None:
    other = MailingList.objects.create(name="Events")
    join("ada@example.com", news, other)
    of_lists.suppress(["ada@example.com", "ben@example.com"], news, reason="Asked", by=None)
    assert today_of(news) == Change(joined=1, lost=1)
    join("ben@example.com", news)
    assert today_of(news) == Change(joined=2, lost=2)
    assert today_of(other) == Change(joined=1)
    ListSuppression.objects.all().delete()
    assert today_of(news) == Change(joined=2, lost=2, back=2)


def test_who_unsubscribes_from_everything_left_and_is_not_lost_too(news: MailingList) -> None:
    consent.unsubscribe(join("ada@example.com", news), lists=None, channel="one-click")
    assert today_of(news) == Change(joined=1, unsubscribed=1)


def test_who_is_lost_already_and_leaves_counts_once(news: MailingList) -> None:
    ada = join("ada@example.com", news)
    consent.suppress(ada.email, Suppression.Reason.COMPLAINT, source="complaint")
    folding.fold()
    consent.unsubscribe(ada, lists=[news.pk], channel="page")
    assert today_of(news) == Change(joined=1, lost=1)
    assert total(news) == 0


def test_who_agreed_for_a_time_is_lost_when_it_ends_and_back_when_they_say_yes(news: MailingList) -> None:
    ada, now = join("ada@example.com", news), timezone.now()
    joined, ended = now - timedelta(days=40), now - timedelta(days=2)
    Subscription.objects.update(created_at=joined, changed_at=joined)
    folding.fold()
    Subscription.objects.update(expires_at=ended)
    assert total(news) == recounted(news) == 0
    assert ListDay.objects.get(list=news, lost=1).on == timezone.localdate(ended)
    consent.resubscribe(ada, lists=[news.pk], channel="page", by=None, text="Yes")
    assert today_of(news).back == 1
    assert total(news) == recounted(news) == 1


def test_a_rule_that_ends_consent_of_long_ago_is_seen_by_the_next_folding(news: MailingList) -> None:
    join("ada@example.com", news)
    long_ago = timezone.now() - timedelta(days=900)
    Subscription.objects.update(created_at=long_ago, changed_at=long_ago)
    folding.fold()
    ListBasis.objects.create(list=news, basis="implied", months=12)
    assert expiring.apply_rules(news.pk) == 1
    assert total(news) == recounted(news) == 0


def test_a_deleted_contact_leaves_its_lists(news: MailingList) -> None:
    ada, ben = join("ada@example.com", news), join("ben@example.com", news)
    consent.suppress(ben.email, Suppression.Reason.HARD_BOUNCE)
    folding.fold()
    consent.erase_all([ada.pk])
    consent.erase_all([ben.pk])
    assert today_of(news) == Change(joined=2, lost=1, deleted=1)
    assert total(news) == 0


def test_a_deleted_list_takes_its_days_along(news: MailingList) -> None:
    join("ada@example.com", news)
    folding.fold()
    consent.delete_list(news)
    folding.fold()
    assert not ListDay.objects.exists()


def test_an_import_counts_like_joining_by_hand(news: MailingList, run: Upload) -> None:
    people = "ada@example.com,subscribed\nben@example.com,subscribed\neva@example.com,unsubscribed\n"
    run(f"Email,Status\n{people}", lists=(news.pk,))
    assert today_of(news) == Change(joined=2)
    assert total(news) == recounted(news) == 2


def test_rows_of_an_earlier_year_stand_on_their_own_days(news: MailingList) -> None:
    joined, left = datetime(2025, 3, 1, 12, tzinfo=UTC), datetime(2025, 5, 2, 12, tzinfo=UTC)
    ada = Contact.objects.create(email="ada@example.com")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_subscription (contact_id, list_id, state, created_at, changed_at)"
            " VALUES (%s, %s, 'unsubscribed', %s, %s)",
            [ada.pk, news.pk, joined, left],
        )
    folding.fold()
    grown = reading.growth([news.pk], since=date(2025, 2, 1), until=date(2025, 5, 31), step="month")
    assert [(period.on.month, period.change.net, period.total) for period in grown.periods] == [
        (2, 0, 0),
        (3, 1, 1),
        (4, 0, 1),
        (5, -1, 0),
    ]


def test_a_day_begins_at_midnight_of_the_organisation(organisation: Organisation, news: MailingList) -> None:
    late = datetime(2025, 6, 30, 22, 20, tzinfo=UTC)  # 1 July in Berlin
    ada = Contact.objects.create(email="ada@example.com")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_subscription (contact_id, list_id, state, created_at, changed_at)"
            " VALUES (%s, %s, 'subscribed', %s, %s)",
            [ada.pk, news.pk, late, late],
        )
    folding.fold()
    assert ListDay.objects.get().on == date(2025, 7, 1)


@pytest.mark.parametrize("seed", range(3))
def test_days_add_up_to_a_recount_whatever_happens_in_whatever_order(seed: int, news: MailingList) -> None:
    chance = random.Random(seed)
    other = MailingList.objects.create(name="Events")
    people = [
        join(f"p{number}@example.com", *chance.sample([news, other], chance.randint(1, 2))) for number in range(6)
    ]
    for _ in range(60):
        person = chance.choice(people)
        match chance.randrange(10):
            case 0:
                consent.unsubscribe(person, lists=[chance.choice([news, other]).pk], channel="page")
            case 1:
                consent.unsubscribe(person, lists=None, channel="page")
            case 2:
                consent.suppress(person.email, Suppression.Reason.HARD_BOUNCE)
            case 3:
                consent.lift(person.email, by=None)
            case 4 if not Suppression.objects.filter(email=person.email).exists():
                consent.resubscribe(person, lists=[news.pk, other.pk], channel="hand", by=None, text="Asked")
            case 5:
                consent.erase_all([person.pk])
                people[people.index(person)] = join(person.email, news)
            case 6:
                of_lists.suppress([person.email], chance.choice([news, other]), reason="Asked", by=None)
            case 7:
                ListSuppression.objects.filter(email=person.email).delete()
            case 8:
                ends = chance.choice([None, timezone.now() - timedelta(hours=chance.randint(1, 60))])
                Subscription.objects.filter(contact=person).update(expires_at=ends)
            case _:
                folding.fold()
    assert total(news) == recounted(news)
    assert total(other) == recounted(other)
    assert not any(value < 0 for row in ListDay.objects.values_list("joined", "back", "lost") for value in row)


def test_weeks_begin_on_monday_and_empty_ones_are_there(news: MailingList) -> None:
    ListDay.objects.create(list=news, on=date(2026, 3, 1), joined=5)
    ListDay.objects.create(list=news, on=date(2026, 3, 18), joined=1, unsubscribed=2)
    grown = reading.growth([news.pk], since=date(2026, 3, 4), until=date(2026, 3, 20), step="week")
    assert [(period.on, period.change.net, period.total) for period in grown.periods] == [
        (date(2026, 3, 2), 0, 5),
        (date(2026, 3, 9), 0, 5),
        (date(2026, 3, 16), -1, 4),
    ]
    assert (grown.before, grown.total, grown.change) == (5, 4, Change(joined=1, unsubscribed=2))


def test_reading_asks_days_alone(news: MailingList) -> None:
    join("ada@example.com", news)
    folding.fold()
    with CaptureQueriesContext(connection) as captured:
        reading.growth([news.pk], since=timezone.localdate() - timedelta(days=365), until=timezone.localdate())
        reading.by_list(since=timezone.localdate(), until=timezone.localdate())
    assert len(captured) <= 4
    assert not [query["sql"] for query in captured if "contacts_subscription" in query["sql"]]
