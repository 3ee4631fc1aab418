"""Who may bring a suppressed address back, and what stays of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Role, User
from contacts import consent, timeline
from contacts.models import Contact, MailingList, Subscription, Suppression

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason
EVE = "eve@example.com"


@pytest.fixture
def people(owner: User, admin: User, marketer: User, viewer: User) -> dict[str, User]:
    return {user.role: user for user in (owner, admin, marketer, viewer)}


def lift(browser: Client, because_of: str, **given: str) -> tuple[int, str]:
    consent.suppress(EVE, because_of)
    pk = Suppression.objects.get(email=EVE).pk
    answer = browser.post(f"/suppressions/{pk}/lift/", {"reason": "She wrote to us"} | given, follow=True)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("reason", [Reason.COMPLAINT, Reason.UNSUBSCRIBED])
@pytest.mark.parametrize("role", [Role.ADMIN, Role.MARKETER, Role.VIEWER])
def test_what_a_person_said_is_taken_back_by_no_lesser_role(
    reason: str, role: str, people: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    cure = "no form does" if reason == Reason.COMPLAINT else "by a form of yours, or an owner for them"
    status, page = lift(client_for(people[role]), reason, typed=EVE)
    assert Suppression.objects.filter(email=EVE).exists()
    assert status == 403 if role == Role.VIEWER else cure in page


@pytest.mark.parametrize("reason", [Reason.COMPLAINT, Reason.UNSUBSCRIBED])
def test_an_owner_takes_it_back_by_typing_the_address(
    reason: str, owner: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(owner)
    assert "Type eve@example.com" in lift(browser, reason)[1]
    assert Suppression.objects.filter(email=EVE).exists()
    lift(browser, reason, typed=" Eve@Example.com ")
    assert not Suppression.objects.filter(email=EVE).exists()


@pytest.mark.parametrize("reason", [Reason.HARD_BOUNCE, Reason.SOFT_BOUNCE, Reason.MANUAL])
@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN, Role.MARKETER])
def test_a_bounce_is_lifted_by_anybody_who_looks_after_people(
    reason: str, role: str, people: dict[str, User], client_for: Callable[[User], Client]
) -> None:
    lift(client_for(people[role]), reason)
    assert not Suppression.objects.filter(email=EVE).exists()


def test_nothing_is_lifted_without_saying_why(owner: User, client_for: Callable[[User], Client]) -> None:
    assert "Say why" in lift(client_for(owner), Reason.MANUAL, reason="  \0 ")[1]
    assert Suppression.objects.exists()


def test_a_bounce_is_lifted_once_in_thirty_days(marketer: User, client_for: Callable[[User], Client]) -> None:
    browser = client_for(marketer)
    lift(browser, Reason.HARD_BOUNCE)
    assert "within the last 30 days" in lift(browser, Reason.SOFT_BOUNCE)[1]
    assert Suppression.objects.exists()
    assert "can be lifted again from" in browser.get("/suppressions/").content.decode()
    AuditEntry.objects.update(at=timezone.now() - timedelta(days=31))
    lift(browser, Reason.HARD_BOUNCE)
    assert not Suppression.objects.exists()


def test_a_complaint_lifted_by_an_owner_does_not_hold_up_a_later_bounce(
    owner: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(owner)
    lift(browser, Reason.COMPLAINT, typed=EVE)
    lift(browser, Reason.HARD_BOUNCE)
    assert not Suppression.objects.exists()


def test_the_reason_stays_beside_the_person(owner: User, client_for: Callable[[User], Client]) -> None:
    eve = Contact.objects.create(email=EVE)
    lift(client_for(owner), Reason.HARD_BOUNCE, reason="Her mailbox <b>works</b> again")
    titles = {entry.title: entry.detail for entry in timeline.entries(eve)}
    assert titles["May get mail again, by Olga Owner; was: Address does not exist"] == "Her mailbox <b>works</b> again"
    page = client_for(owner).get(f"/contacts/{eve.pk}/").content.decode()
    assert "Her mailbox &lt;b&gt;works&lt;/b&gt; again" in page


def test_who_left_everything_is_subscribed_by_hand_only_by_an_owner_who_types_the_address(
    owner: User, marketer: User, client_for: Callable[[User], Client], news: MailingList
) -> None:
    eve = Contact.objects.create(email=EVE)
    consent.subscribe(eve, lists=[news.pk], channel="setup")
    consent.unsubscribe(eve, lists=None, channel="page")
    given = {"lists": [news.pk], "reason": "Asked on the telephone"}
    for user, typed, status in ((marketer, EVE, 422), (owner, "", 422), (owner, EVE, 302)):
        answer = client_for(user).post(f"/contacts/{eve.pk}/resubscribe/", given | {"typed": typed})
        assert answer.status_code == status
        assert Suppression.objects.exists() == (status == 422)
    assert eve.subscriptions.get().state == Subscription.State.SUBSCRIBED
