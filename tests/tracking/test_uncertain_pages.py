"""A person looks at who may have the mail, and decides: leave it, or send it again."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from delivery import ledger
from delivery.models import Attempt, Batch, Message, MessageState, Provider
from tests.tracking.conftest import Sent

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def listed(uncertain: Sent) -> Sent:
    relay = Provider.objects.create(name="Relay", host="127.0.0.1", port=2599)
    Batch.objects.filter(pk=uncertain.batch.pk).update(provider=relay)
    Attempt.objects.create(
        message_id=uncertain.messages[0].id,
        batch=uncertain.batch,
        provider=relay,
        stage="body",
        text="connection <reset>",
        category="network",
        decision="uncertain",
    )
    return uncertain


def page(client: Client, sent: Sent) -> str:
    url = f"{reverse('batch-people', args=[sent.batch.pk])}?term=uncertain"
    return " ".join(client.get(url).content.decode().split())


def decide(client: Client, sent: Sent, how: str, **words: str | list[str]) -> str:
    url = reverse(f"batch-uncertain-{how}", args=[sent.batch.pk])
    return " ".join(client.post(url, words, follow=True).content.decode().split())


def state(sent: Sent) -> int:
    return Message.objects.get(pk=sent.messages[0].id).state


def test_the_list_says_what_is_known(listed: Sent, marketer: User, viewer: User, client_for: Browse) -> None:
    shown = page(client_for(marketer), listed)
    assert "Through Relay. Handing over the mail: connection &lt;reset&gt;" in shown
    assert "Nothing</span>" in shown
    assert "Send again" in shown
    assert "Send again" not in page(client_for(viewer), listed)


def test_sending_again_says_first_that_some_may_get_it_twice(listed: Sent, marketer: User, client_for: Browse) -> None:
    client, one = client_for(marketer), str(listed.messages[0].id)
    assert "then gets it twice" in decide(client, listed, "again", message=one)
    assert state(listed) == MessageState.UNCERTAIN, "it only asked"
    decide(client, listed, "again", message=one, sure="1")
    assert state(listed) == MessageState.PENDING
    assert ledger.tally(listed.batch).words == "3 = 2 + 1 + 0 + 0 + 0"
    assert AuditEntry.objects.get(action="messages.again").detail["people"] == 1
    story = " ".join(client.get(reverse("message", args=[one])).content.decode().split())
    assert f"{marketer} decided to send it again." in story


def test_leaving_it_is_noted_and_can_be_changed(listed: Sent, marketer: User, client_for: Browse) -> None:
    client = client_for(marketer)
    assert "Left as it is for 1 person" in decide(client, listed, "leave", all="1")
    assert state(listed) == MessageState.UNCERTAIN
    assert "Left as it is." in page(client, listed)
    assert ledger.undecided([listed.batch.pk]) == {}
    decide(client, listed, "again", all="1", sure="1")
    assert state(listed) == MessageState.PENDING


def test_whoever_decides_about_some_comes_back_to_the_same_choice(
    listed: Sent, marketer: User, client_for: Browse
) -> None:
    client, one = client_for(marketer), str(listed.messages[0].id)
    here = f"{reverse('batch-people', args=[listed.batch.pk])}?term=uncertain&q=gmail"
    page = BeautifulSoup(client.get(here).content, "html.parser")
    leave, again = (str(button["formaction"]) for button in page.select("button[formaction]"))
    assert client.post(leave, {"message": one}).headers["Location"] == here
    asked = BeautifulSoup(client.post(again, {"message": one}).content, "html.parser")
    form, back = asked.select_one("main form"), asked.find("a", string="Not now")
    assert form is not None
    assert back is not None
    assert str(form["action"]) == again
    assert str(back["href"]) == here


@pytest.mark.parametrize("how", ["again", "leave"])
def test_who_was_heard_of_while_being_chosen_is_said(
    how: str, listed: Sent, marketer: User, client_for: Browse
) -> None:
    client, ids = client_for(marketer), [str(message.id) for message in listed.messages[:2]]
    assert "1 of those you chose is not in doubt any more" in decide(client, listed, how, message=ids)
    ledger.settle_uncertain([listed.messages[0].id], as_=MessageState.ACCEPTED, because="It was opened.")
    none = decide(client, listed, how, message=ids, sure="1")
    assert "2 of those you chose are not in doubt any more" in none
    assert "Choose at least one" not in none


@pytest.mark.parametrize("how", ["again", "leave"])
def test_nobody_chosen_changes_nothing(how: str, listed: Sent, marketer: User, client_for: Browse) -> None:
    assert "Choose at least one person" in decide(client_for(marketer), listed, how, sure="1")
    assert state(listed) == MessageState.UNCERTAIN


def test_what_was_cancelled_says_why_it_is_not_sent_again(listed: Sent, marketer: User, client_for: Browse) -> None:
    Batch.objects.filter(pk=listed.batch.pk).update(state=Batch.State.CANCELLED)
    assert "It was cancelled" in decide(client_for(marketer), listed, "again", all="1", sure="1")
    assert state(listed) == MessageState.UNCERTAIN
