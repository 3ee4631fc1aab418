"""Seed lists: addresses that get test mails together, kept under a name."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from campaigns.models import SeedList, TestAddress
from contacts.models import Contact
from delivery.models import Message, Provider
from tests.campaigns import letters
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]
GMAIL, YAHOO = "seed@gmail.example", "seed@yahoo.example"


def add(browser: Client, name: str, addresses: str) -> str:
    answer = browser.post(reverse("seed-list-new"), {"name": name, "addresses": addresses}, follow=True)
    return answer.content.decode()


def test_a_seed_list_is_kept_changed_and_deleted(marketer: User, client_for: Browser) -> None:
    browser = client_for(marketer)
    assert "No seed list yet" in browser.get(reverse("seed-lists")).content.decode()
    assert "can be chosen where a test mail is sent" in add(browser, "Inboxes", f"{GMAIL}\nSEED@gmail.example, {YAHOO}")
    found = SeedList.objects.get()
    assert found.addresses == [GMAIL, YAHOO], "each once, in the order typed"
    assert "2 not yet" in browser.get(reverse("seed-lists")).content.decode()
    page = browser.post(reverse("seed-list", args=[found.pk]), {"name": "Large ones", "addresses": marketer.email})
    assert page.status_code == 302
    assert "Works here" in browser.get(reverse("seed-list", args=[found.pk])).content.decode()
    browser.post(reverse("seed-list-delete", args=[found.pk]))
    assert not SeedList.objects.exists()
    assert [entry.action for entry in AuditEntry.objects.filter(action__startswith="seed_list").order_by("pk")] == [
        "seed_list.created",
        "seed_list.changed",
        "seed_list.deleted",
    ]


@pytest.mark.parametrize(
    ("name", "addresses", "said"),
    [
        ("", GMAIL, "This is missing."),
        ("INBOXES", GMAIL, "There is a seed list of this name"),
        ("New", "", "This is missing."),
        ("New", f"{GMAIL} nobody", "nobody"),
        ("New", " ".join(f"{n}@gmail.example" for n in range(31)), "room for 30 addresses"),
    ],
)
def test_what_is_wrong_with_a_seed_list_is_said(
    name: str, addresses: str, said: str, marketer: User, client_for: Browser
) -> None:
    SeedList.objects.create(name="Inboxes", addresses=[YAHOO])
    page = client_for(marketer).post(reverse("seed-list-new"), {"name": name, "addresses": addresses})
    assert page.status_code == 422
    assert said in page.content.decode()
    assert SeedList.objects.count() == 1


def test_there_is_room_for_so_many(marketer: User, client_for: Browser) -> None:
    SeedList.objects.bulk_create(SeedList(name=f"No. {n}", addresses=[]) for n in range(SeedList.MOST))
    assert "no room for more" in add(client_for(marketer), "One more", GMAIL)
    assert SeedList.objects.count() == SeedList.MOST


def test_a_test_mail_goes_to_people_and_seed_lists_as_a_contact_once_each(marketer: User, client_for: Browser) -> None:
    campaign = letters.draft(marketer, letters.readers("Ana"))
    inboxes = SeedList.objects.create(name="Inboxes", addresses=[GMAIL, YAHOO])
    readers = SeedList.objects.create(name="First readers", addresses=[marketer.email, YAHOO])
    browser = client_for(marketer)
    to = {
        "to": marketer.email,
        "seeds": [inboxes.pk, readers.pk],
        "contact": Contact.objects.get(first_name="Ana").pk,
    }
    page = browser.post(reverse("campaign-test", args=[campaign.pk]), to).content.decode()
    sent = Message.objects.order_by("pk")
    assert sorted(message.email for message in sent) == sorted([marketer.email, GMAIL, YAHOO])
    assert {message.batch.kind for message in sent} == {"open"}, "no campaign is launched or counted"
    assert all(message.contact_id is None for message in sent)
    outcome = reverse("campaign-test-outcome", args=[campaign.pk, sent[0].batch_id])
    assert page.count(f'hx-get="{outcome}"') == 1, "one question asks how far all of them are"
    assert browser.get(outcome).content.decode().count("On its way") == 3
    assert client_for(marketer).get(reverse("campaign-test-outcome", args=[campaign.pk, 0])).status_code == 404
    again = browser.get(campaign.get_absolute_url()).content.decode()
    assert again.count("checked") >= 2, "they are chosen the next time, too"


def test_without_an_address_or_with_very_many_none_is_sent(marketer: User, client_for: Browser) -> None:
    campaign, browser = letters.draft(marketer), client_for(marketer)
    lists = [
        SeedList.objects.create(name=f"{n}", addresses=[f"{n}-{m}@gmail.example" for m in range(30)]) for n in range(3)
    ]
    for given, said in (
        ({"to": ""}, "choose a seed list"),
        ({"to": "", "seeds": [one.pk for one in lists]}, "60 get a test mail at once"),
        ({"to": "", "seeds": [4711]}, "This choice is not offered any more. Choose another one."),
    ):
        answer = browser.post(reverse("campaign-test", args=[campaign.pk]), given)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert not Message.objects.exists()


def test_a_chosen_seed_list_that_was_deleted_meanwhile_is_named_and_the_others_stay_chosen(
    marketer: User, client_for: Browser
) -> None:
    campaign, browser = letters.draft(marketer), client_for(marketer)
    names = ("Inboxes", "Early readers", "Friends")
    inboxes, early, friends = (SeedList.objects.create(name=name, addresses=[GMAIL]).pk for name in names)
    url = reverse("campaign-test", args=[campaign.pk])

    def refused(**given: object) -> BeautifulSoup:
        answer = browser.post(url, given)
        assert answer.status_code == 422
        assert not Message.objects.exists()
        return BeautifulSoup(answer.content, "html.parser")

    browser.post(reverse("seed-list-delete", args=[inboxes]))
    page = refused(to=marketer.email, seeds=[inboxes, friends])
    said = "The seed list “Inboxes” is deleted, so nothing is sent yet. Choose another, or send it without it."
    beside = page.find(id="id_seeds_error")
    assert beside is not None
    assert said in beside.get_text()
    assert [str(box["value"]) for box in page.select("[name=seeds][checked]")] == [str(friends)]
    browser.post(reverse("seed-list-delete", args=[early]))
    browser.post(reverse("seed-list-delete", args=[friends]))
    none = refused(to="", seeds=[inboxes, early, friends]).get_text()
    assert "The seed lists “Early readers”, “Friends” and “Inboxes” are deleted" in none
    assert "Enter an address" not in none


def test_a_seed_list_that_was_deleted_since_the_last_test_is_missed_by_name(
    marketer: User, client_for: Browser
) -> None:
    campaign, browser = letters.draft(marketer), client_for(marketer)
    inboxes, early = (SeedList.objects.create(name=name, addresses=[GMAIL]).pk for name in ("Inboxes", "Early readers"))

    def begun() -> BeautifulSoup:
        page = BeautifulSoup(browser.get(campaign.get_absolute_url()).content, "html.parser")
        form = page.find(id="test-form")
        assert isinstance(form, Tag)
        return BeautifulSoup(str(form), "html.parser")

    test = reverse("campaign-test", args=[campaign.pk])
    assert browser.post(test, {"to": marketer.email, "seeds": [inboxes, early]}).status_code == 200
    assert "deleted" not in begun().get_text()
    browser.post(reverse("seed-list-delete", args=[inboxes]))
    said = "The seed list “Inboxes” got the last test and is deleted: this one does not go to it."
    assert said in begun().get_text()
    assert [str(box["value"]) for box in begun().select("[name=seeds][checked]")] == [str(early)]
    browser.post(reverse("seed-list-delete", args=[early]))
    assert "The seed lists “Early readers” and “Inboxes” got the last test and are deleted" in begun().get_text()
    browser.post(test, {"to": marketer.email})
    assert "deleted" not in begun().get_text()


@pytest.mark.django_db(transaction=True)
def test_through_a_real_server_a_stranger_of_a_seed_list_is_asked_first(
    marketer: User, relay: Provider, mailbox: Mailbox, client_for: Browser
) -> None:
    campaign = letters.draft(marketer, provider=relay)
    seeds = SeedList.objects.create(name="Inboxes", addresses=[marketer.email, GMAIL])
    browser = client_for(marketer)
    browser.post(reverse("campaign-test", args=[campaign.pk]), {"to": "", "seeds": [seeds.pk]})
    assert list(Message.objects.values_list("email", flat=True)) == [marketer.email]
    assert "Asked, no answer yet" in browser.get(reverse("seed-list", args=[seeds.pk])).content.decode()
    Client().post(mailbox.next_link(GMAIL))
    assert TestAddress.objects.get().agreed_at
    assert "Agreed" in browser.get(reverse("seed-list", args=[seeds.pk])).content.decode()
