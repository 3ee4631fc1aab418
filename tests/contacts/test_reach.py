"""Growth and churn add up to who can be reached, whatever happened to people since."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Organisation
from contacts import consent
from contacts.models import AudienceCount, AudienceDay, Contact, MailingList, Subscription, Suppression
from contacts.reach import counting
from contacts.reach.figures import Audience, audience, change_between

pytestmark = pytest.mark.django_db


def joined(email: str, days_ago: float, state: str = "subscribed", left_days_ago: float | None = None) -> Contact:
    news, _ = MailingList.objects.get_or_create(name="News")
    contact, _ = Contact.objects.get_or_create(email=email)
    subscription = Subscription.objects.create(contact=contact, list=news, state=state)
    now = timezone.now()
    changed_at = now - timedelta(days=days_ago if left_days_ago is None else left_days_ago)
    Subscription.objects.filter(pk=subscription.pk).update(
        created_at=now - timedelta(days=days_ago), changed_at=changed_at
    )
    return contact


def suppressed(email: str, reason: Suppression.Reason, days_ago: float) -> None:
    consent.suppress(email, reason)
    Suppression.objects.filter(email=email).update(created_at=timezone.now() - timedelta(days=days_ago))


def counted() -> Audience:
    counting.recount()
    found = audience()
    assert found
    return found


def test_growth_and_churn_add_up_to_who_can_be_reached() -> None:
    joined("ana@example.org", 400)
    joined("ben@example.org", 20)
    joined("cleo@example.org", 60, "unsubscribed", left_days_ago=10)
    joined("dora@example.org", 200)
    suppressed("dora@example.org", Suppression.Reason.HARD_BOUNCE, 50)
    joined("emil@example.org", 5)
    suppressed("emil@example.org", Suppression.Reason.COMPLAINT, 2)
    found = counted()
    assert found.reachable == Contact.objects.reachable().count() == 2
    month, quarter = found.changes[30], found.changes[90]
    assert (month.before, month.joined, month.unsubscribed, month.complained, month.bounced) == (2, 2, 1, 1, 0)
    assert (quarter.before, quarter.joined, quarter.gone, quarter.bounced) == (2, 3, 3, 1)
    assert month.after == quarter.after == found.reachable
    assert month.churn == 1.0


def test_who_never_could_be_reached_counts_on_no_day() -> None:
    suppressed("gone@example.org", Suppression.Reason.HARD_BOUNCE, 90)
    joined("gone@example.org", 3)
    joined("asked@example.org", 3, "unconfirmed")
    joined("left@example.org", 3, "unsubscribed")
    Contact.objects.create(email="nowhere@example.org")
    found = counted()
    assert found.is_empty
    assert not AudienceDay.objects.exists()


def test_who_left_one_list_and_stayed_on_another_is_still_reached() -> None:
    contact = joined("ana@example.org", 40)
    other = MailingList.objects.create(name="Offers")
    Subscription.objects.create(contact=contact, list=other, state="unsubscribed")
    found = counted()
    assert (found.reachable, found.changes[30].gone, found.changes[90].joined) == (1, 0, 1)


def test_who_comes_back_counts_as_never_gone() -> None:
    contact = joined("ana@example.org", 40)
    consent.unsubscribe(contact, lists=None, channel="page")
    assert counted().reachable == 0
    consent.resubscribe(contact, lists=[MailingList.objects.get().pk], channel="hand", by=None, text="Called us")
    found = counted()
    assert (found.reachable, found.changes[30].gone) == (1, 0)


def test_days_are_those_of_the_organisation(organisation: Organisation) -> None:
    Organisation.objects.update(time_zone="Pacific/Auckland")
    contact = joined("ana@example.org", 0)
    late = datetime(2026, 3, 9, 22, 30, tzinfo=ZoneInfo("UTC"))
    Subscription.objects.filter(contact=contact).update(created_at=late, changed_at=late)
    counted()
    assert AudienceDay.objects.get().on == date(2026, 3, 10)
    assert change_between(date(2026, 3, 10), date(2026, 3, 10)).joined == 1
    after = change_between(date(2026, 3, 11), date(2026, 3, 20))
    assert (after.before, after.joined) == (1, 0)


def test_nothing_is_counted_anew_while_the_last_count_is_young_for_what_it_cost() -> None:
    assert audience() is None
    assert counting.refresh()
    AudienceCount.objects.update(seen="something else", took_seconds=2.0)
    joined("ana@example.org", 1)
    assert not counting.refresh()
    AudienceCount.objects.update(counted_at=timezone.now() - timedelta(seconds=101))
    assert counting.refresh()
    found = audience()
    assert found
    assert found.reachable == 1


def test_nothing_is_counted_anew_where_nothing_changed() -> None:
    counting.recount()
    AudienceCount.objects.update(counted_at=timezone.now() - timedelta(hours=2))
    assert not counting.refresh()
    AudienceCount.objects.update(counted_at=timezone.now() - timedelta(days=2))
    assert counting.refresh()


def test_who_paused_can_be_reached_and_is_told_apart() -> None:
    paused = joined("ana@example.com", 10)
    joined("bo@example.com", 10)
    Contact.objects.filter(pk=paused.pk).update(paused_until=timezone.now() + timedelta(days=5))
    found = counted()
    assert (found.reachable, found.paused) == (2, 1)
