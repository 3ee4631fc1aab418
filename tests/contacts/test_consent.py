import pytest

from accounts.models import User
from contacts import consent
from contacts.models import ConsentEvent, Contact, MailingList, Subscription, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def lists() -> list[MailingList]:
    return [MailingList.objects.create(name=name) for name in ("News", "Events", "Shop")]


@pytest.fixture
def ada(lists: list[MailingList]) -> Contact:
    contact = Contact.objects.create(email="Ada@example.com")
    consent.subscribe(contact, lists=[one.pk for one in lists], channel="setup")
    return contact


def states(contact: Contact) -> dict[str, str]:
    return dict(contact.subscriptions.values_list("list__name", "state"))


def proofs(contact: Contact) -> list[tuple[str, str | None, str]]:
    return list(contact.consent_events.order_by("id").values_list("kind", "list__name", "channel"))


def test_leaving_one_list_leaves_the_others(ada: Contact, lists: list[MailingList]) -> None:
    assert consent.unsubscribe(ada, lists=[lists[0].pk], channel="page", ip="192.0.2.7")
    assert states(ada) == {"News": "unsubscribed", "Events": "subscribed", "Shop": "subscribed"}
    assert proofs(ada)[-1] == ("withdrawn", "News", "page")
    assert not Suppression.objects.exists()


def test_leaving_everything_suppresses_the_address(ada: Contact) -> None:
    assert consent.unsubscribe(ada, lists=None, channel="one-click", message_id=7)
    assert set(states(ada).values()) == {"unsubscribed"}
    found = Suppression.objects.get()
    assert (found.email, found.reason, found.source, found.message_id) == (
        "ada@example.com",
        "unsubscribed",
        "one-click",
        7,
    )
    assert proofs(ada)[-1] == ("withdrawn", None, "one-click")


def test_leaving_twice_is_recorded_once(ada: Contact) -> None:
    consent.unsubscribe(ada, lists=None, channel="page")
    before = proofs(ada)
    assert not consent.unsubscribe(ada, lists=None, channel="page")
    assert proofs(ada) == before


def test_who_left_a_list_is_not_put_back_by_subscribing(ada: Contact, lists: list[MailingList]) -> None:
    consent.unsubscribe(ada, lists=[lists[0].pk], channel="page")
    assert consent.subscribe(ada, lists=[lists[0].pk], channel="hand") == []
    assert states(ada)["News"] == "unsubscribed"


def test_suppressed_person_joins_no_list(lists: list[MailingList]) -> None:
    bob = Contact.objects.create(email="bob@example.com")
    consent.suppress("BOB@example.com", Suppression.Reason.MANUAL)
    assert consent.subscribe(bob, lists=[lists[0].pk], channel="hand") == []


def test_coming_back_by_hand_keeps_who_said_so(ada: Contact, lists: list[MailingList], marketer: User) -> None:
    consent.unsubscribe(ada, lists=None, channel="page")
    consent.resubscribe(ada, lists=[lists[1].pk], channel="hand", by=marketer, text="Wrote to us on 3 May")
    assert states(ada) == {"News": "unsubscribed", "Events": "subscribed", "Shop": "unsubscribed"}
    assert not Suppression.objects.exists()
    proof = ada.consent_events.latest("id")
    assert (proof.kind, proof.by, proof.text) == ("given", marketer, "Wrote to us on 3 May")


def test_who_complained_cannot_simply_be_subscribed_again(ada: Contact, lists: list[MailingList]) -> None:
    consent.suppress(ada.email, Suppression.Reason.COMPLAINT)
    with pytest.raises(consent.StillSuppressed):
        consent.resubscribe(ada, lists=[lists[0].pk], channel="hand", by=None, text="x")


def test_suppressing_twice_keeps_the_first_reason() -> None:
    assert consent.suppress("eve@example.com", Suppression.Reason.HARD_BOUNCE, detail="550 5.1.1 unknown")
    assert not consent.suppress("Eve@Example.com", Suppression.Reason.MANUAL)
    assert Suppression.objects.get().reason == "hard_bounce"


def test_a_complaint_outweighs_what_was_known_before() -> None:
    consent.suppress("eve@example.com", Suppression.Reason.UNSUBSCRIBED)
    consent.suppress("eve@example.com", Suppression.Reason.COMPLAINT)
    consent.suppress("eve@example.com", Suppression.Reason.HARD_BOUNCE)
    assert Suppression.objects.get().reason == "complaint"


def test_hostile_reply_of_a_server_is_kept_as_text() -> None:
    consent.suppress("eve@example.com", Suppression.Reason.HARD_BOUNCE, detail="550 \x00<script>" + "x" * 5000)
    assert Suppression.objects.get().detail.startswith("550 <script>x")


def test_lifting_does_not_put_anybody_back_on_a_list(ada: Contact, owner: User) -> None:
    consent.unsubscribe(ada, lists=None, channel="page")
    assert consent.lift("Ada@Example.com", by=owner)
    assert not consent.lift("Ada@Example.com", by=owner)
    assert set(states(ada).values()) == {"unsubscribed"}


def test_deleting_a_person_remembers_that_they_left(ada: Contact, lists: list[MailingList]) -> None:
    consent.unsubscribe(ada, lists=[one.pk for one in lists], channel="page")
    consent.erase_all([ada.pk])
    assert not Contact.objects.exists()
    assert not ConsentEvent.objects.exists()
    assert Suppression.objects.get().email == "ada@example.com"


def test_deleting_a_list_remembers_who_left_it(lists: list[MailingList]) -> None:
    gone, stays = (Contact.objects.create(email=f"{name}@example.com") for name in ("gone", "stays"))
    consent.subscribe(gone, lists=[lists[0].pk], channel="setup")
    consent.subscribe(stays, lists=[lists[0].pk], channel="setup")
    consent.unsubscribe(gone, lists=[lists[0].pk], channel="page")
    assert consent.delete_list(lists[0]) == 1
    assert list(Suppression.objects.values_list("email", flat=True)) == ["gone@example.com"]
    assert Contact.objects.count() == 2
    assert not Subscription.objects.exists()


def test_words_that_no_database_holds_suppress_all_the_same() -> None:
    assert consent.suppress("ada@example.org", Suppression.Reason.HARD_BOUNCE, detail="550 \0 half \ud83d a pair")
    assert Suppression.objects.get().detail == "550  half ? a pair"
