"""Somebody gets their mail at another address: from the page by two links to the way back."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.people import mailing
from accounts.people.mailing import Mail
from contacts import consent, timeline
from contacts.models import AddressChange, Contact, Suppression
from tests.tracking.conftest import Sent

pytestmark = pytest.mark.usefixtures("organisation")


class Letterbox:
    """A carrier that brings every mail at once."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def is_ready(self) -> bool:
        return True

    def carry(self, mail: Mail) -> None:
        self.mails.append(mail)

    def path(self, number: int) -> str:
        found = re.search(r"https?://[^/]+(/\S+)", self.mails[number].text)
        assert found
        return found[1]


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    before = list(mailing._carriers)
    box = Letterbox()
    mailing.register(box)
    yield box
    mailing._carriers[:] = before


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def test_an_address_changes_when_the_new_one_confirms_and_the_old_one_can_take_it_back(
    browser: Client, sent: Sent, letterbox: Letterbox
) -> None:
    person, other = sent.contact(), sent.contact(1)
    here, old = f"{sent.unsubscribe()}/preferences", person.email
    Contact.objects.filter(pk=person.pk).update(language="de")

    def ask(address: str) -> str:
        return browser.post(f"{here}?lang=en", {"part": "address", "address": address}).content.decode()

    assert "This is not an e-mail address" in ask("new.example")
    assert "This is your address already" in ask(old.upper())
    assert "We have sent a mail to new@kunden.example" in ask(" new@Kunden.example ")
    assert sent.contact().email == old
    (mail,) = letterbox.mails
    assert mail.to == "new@kunden.example"

    link = letterbox.path(0)
    browser.get(link)
    browser.head(link)
    assert sent.contact().email == old  # programs follow links
    assert "E-Mails für" in browser.get(link).content.decode()
    done = browser.post(link, HTTP_ACCEPT_LANGUAGE="en")
    assert done.status_code == 200
    person.refresh_from_db()
    assert person.email == "new@kunden.example"
    assert Contact.objects.filter(pk=person.pk).reachable().exists()
    assert Suppression.objects.get(email=old).source == "moved"  # an import does not bring it back
    for again in (browser.post(link), browser.get(link)):
        assert again.status_code == 200, "pressed twice, it says what it has done"
        assert "Von jetzt an gehen unsere E-Mails an new@kunden.example." in again.content.decode()
    assert len(letterbox.mails) == 2, "and tells the old address once"
    assert any("Changed their address" in entry.title for entry in timeline.entries(person))

    assert letterbox.mails[1].to == old
    undo = letterbox.path(1)
    assert "new@kunden.example" in letterbox.mails[1].text
    assert browser.get(undo).status_code == 200
    assert browser.post(undo).status_code == 200
    person.refresh_from_db()
    assert person.email == old
    assert Contact.objects.filter(pk=person.pk).reachable().exists()
    again = browser.post(undo)
    assert again.status_code == 200
    assert f"Von jetzt an gehen unsere E-Mails an {old}" in again.content.decode()
    assert browser.post(link).status_code == 404, "what was taken back is not done any more"

    assert "We have sent a mail to" in ask(other.email)  # whose it is, only its owner learns
    assert browser.post(letterbox.path(2)).status_code == 409
    ask("third@kunden.example")
    AddressChange.objects.filter(new_email="third@kunden.example").update(asked_at=timezone.now() - timedelta(days=8))
    assert browser.get(letterbox.path(3)).status_code == 404
    assert "We have sent a mail to" in ask("fourth@kunden.example")
    assert "Please wait until tomorrow" in ask("fifth@kunden.example")
    assert len(letterbox.mails) == 5


def test_a_complaint_follows_to_the_new_address_and_a_bounce_does_not(
    browser: Client, sent: Sent, letterbox: Letterbox
) -> None:
    for index, reason in enumerate((Suppression.Reason.COMPLAINT, Suppression.Reason.HARD_BOUNCE)):
        consent.suppress(sent.messages[index].email, reason)
        new = f"new{index}@kunden.example"
        browser.post(f"{sent.unsubscribe(index)}/preferences", {"part": "address", "address": new})
        browser.post(letterbox.path(2 * index))
    found = dict(Suppression.objects.values_list("email", "reason"))
    assert found["new0@kunden.example"] == "complaint"
    assert "new1@kunden.example" not in found


def test_a_rehearsal_asks_nobody(browser: Client, send: Callable[..., Sent], letterbox: Letterbox) -> None:
    """It says so where the address was typed, and what is wrong with one as any other mail's page does."""
    here = f"{send(rehearsal=True).unsubscribe()}/preferences"
    for address, said in (("new@kunden.example", "This is a rehearsal"), ("new", "This is not an e-mail address")):
        shown = browser.post(here, {"part": "address", "address": address}).content.decode()
        if said == "This is a rehearsal":
            assert "With a real mail, we would send a mail to new@kunden.example now." in shown
        assert said in shown.partition('aria-labelledby="address"')[2].partition("</section>")[0]
    assert not letterbox.mails
    assert not AddressChange.objects.exists()


def test_without_a_mail_server_it_says_whom_to_write_to(browser: Client, sent: Sent) -> None:
    answer = browser.post(f"{sent.unsubscribe()}/preferences", {"part": "address", "address": "new@kunden.example"})
    assert answer.status_code == 422
    assert "We cannot send that mail at the moment" in answer.content.decode()
