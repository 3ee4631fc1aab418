"""What a domain denied is on hold until a person decides; nobody there is written to meanwhile."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from contacts import audience, consent
from contacts.audience import Audience
from contacts.models import Contact, MailingList, Subscription, Suppression
from contacts.suppression import holding

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def readers() -> MailingList:
    """Four at one domain, three of them denied by its server; one elsewhere."""
    made = MailingList.objects.create(name="Readers")
    for address in ("a@firm.example", "b@firm.example", "c@Firm.example", "d@firm.example", "e@other.example"):
        Subscription.objects.create(list=made, contact=Contact.objects.create(email=address))
    for local in "abc":
        consent.suppress(f"{local}@firm.example", "hard_bounce", detail="550 5.1.1 <b>No such user</b>", source="smtp")
    return made


def mailable(made: MailingList) -> int:
    return audience.summary(Audience((made.pk,))).will_receive


def test_held_addresses_get_no_mail_until_they_are_kept(readers: MailingList) -> None:
    consent.suppress("d@firm.example", "manual", source="hand")
    assert holding.hold("firm.example", 600) == 3
    assert mailable(readers) == 1
    (row,) = holding.held()
    assert (row.domain, row.count, row.words) == ("firm.example", 3, ["550 5.1.1 <b>No such user</b>"])
    assert holding.keep("firm.example") == 3
    assert mailable(readers) == 4, "what was added by hand stays"
    assert holding.held() == []


def test_believed_ones_are_suppressed_and_do_not_count_as_news(readers: MailingList) -> None:
    holding.hold("firm.example", 600)
    assert holding.believe("firm.example") == 3
    assert set(Suppression.objects.values_list("reason", flat=True)) == {"hard_bounce"}
    assert holding.recently_denied(["firm.example"], 600, at_least=1) == {}


def test_what_was_suppressed_long_ago_or_for_another_reason_is_not_held(readers: MailingList) -> None:
    assert holding.hold("firm.example", 0) == 0
    assert holding.hold("other.example", 600) == 0


def test_who_leaves_or_complains_while_on_hold_has_left(readers: MailingList) -> None:
    holding.hold("firm.example", 600)
    consent.unsubscribe(Contact.objects.get(email="a@firm.example"), lists=None, channel="page")
    consent.suppress("b@firm.example", "complaint")
    assert holding.keep("firm.example") == 1
    assert set(Suppression.objects.values_list("email", "reason")) == {
        ("a@firm.example", "unsubscribed"),
        ("b@firm.example", "complaint"),
    }


@pytest.mark.parametrize(("button", "left"), [("keep", 0), ("believe", 3)])
def test_a_person_reviews_a_domain(
    client_for: Browse, marketer: User, readers: MailingList, button: str, left: int
) -> None:
    client, page = client_for(marketer), reverse("suppressions-held")
    assert "wait for your review" not in client.get(page).content.decode()
    holding.hold("firm.example", 600)
    shown = client.get(page).content.decode()
    assert "3 addresses wait for your review" in client.get(reverse("home")).content.decode()
    assert "wait for your review" not in shown, "the page says so itself"
    assert "550 5.1.1 &lt;b&gt;No such user&lt;/b&gt;" in shown
    assert "Keep them mailable" in shown
    answer = client.post(reverse(f"suppressions-held-{button}"), {"domain": "firm.example"}, follow=True)
    assert "3 addresses at firm.example" in answer.content.decode()
    assert Suppression.objects.filter(reason="hard_bounce").count() == left
    assert AuditEntry.objects.filter(action__startswith="suppression.", subject="firm.example").exists()
    again = client.post(reverse(f"suppressions-held-{button}"), {"domain": "firm.example"}, follow=True)
    assert "somebody was faster" in again.content.decode()


def test_a_viewer_sees_and_does_not_decide(client_for: Browse, viewer: User, readers: MailingList) -> None:
    holding.hold("firm.example", 600)
    client = client_for(viewer)
    assert "Keep them mailable" not in client.get(reverse("suppressions-held")).content.decode()
    assert client.post(reverse("suppressions-held-keep"), {"domain": "firm.example"}).status_code == 403
    assert holding.waiting() == 3
