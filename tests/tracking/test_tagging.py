"""The people behind a number get a tag, and lose exactly that again."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from contacts import tags
from contacts.models import Contact
from tests.tracking.conftest import Reader, Sent
from tracking import tagging
from tracking.models import Tagging


@pytest.fixture
def clicked(send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]) -> Sent:
    """Three of five clicked; the first of them carries the tag already."""
    sent = send(people=5)
    for number in range(3):
        reader("GET", sent.click(number))
    take_in()
    Contact.objects.filter(pk=sent.contact(0).pk).update(attributes={"tags": ["keen"]})
    Contact.objects.filter(pk=sent.contact(1).pk).update(attributes={"tags": ["old"], "city": "Köln"})
    return sent


@pytest.fixture
def browser(marketer: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(marketer)


def begin(browser: Client, sent: Sent, tag: str = "keen", query: str = "?term=clicked") -> Tagging:
    answer = browser.post(f"/campaigns/people/{sent.batch.id}/tag/{query}", {"tag": tag})
    assert answer.status_code == 302, answer.content
    return Tagging.objects.latest("id")


def carried(sent: Sent, number: int) -> list[str]:
    found: list[str] = sent.contact(number).attributes.get("tags", [])
    return found


def test_exactly_the_people_of_the_list_get_it(clicked: Sent, browser: Client) -> None:
    asked = browser.get(f"/campaigns/people/{clicked.batch.id}/tag/?term=clicked").content.decode()
    assert "Tag 3 people" in " ".join(asked.split())
    made = begin(browser, clicked)
    tagging.work(made.pk)
    assert [carried(clicked, number) for number in range(5)] == [["keen"], ["old", "keen"], ["keen"], [], []]
    assert clicked.contact(1).attributes["city"] == "Köln"
    made.refresh_from_db()
    assert (made.state, made.seen, made.tagged) == (Tagging.State.DONE, 3, 2)
    page = " ".join(browser.get(f"/campaigns/people/tagging/{made.pk}/").content.decode().split())
    assert "2 people carry it by this." in page
    assert AuditEntry.objects.filter(action="people.tagged", subject="keen").exists()


def test_undo_takes_it_from_those_alone_who_got_it_by_this(clicked: Sent, browser: Client) -> None:
    made = begin(browser, clicked)
    tagging.work(made.pk)
    browser.post(f"/campaigns/people/tagging/{made.pk}/undo/")
    tagging.work(made.pk)
    assert [carried(clicked, number) for number in range(5)] == [["keen"], ["old"], [], [], []]
    assert "tags" not in clicked.contact(2).attributes, "as before"
    made.refresh_from_db()
    assert made.state == Tagging.State.UNDONE
    browser.post(f"/campaigns/people/tagging/{made.pk}/undo/")
    made.refresh_from_db()
    assert made.state == Tagging.State.UNDONE


def test_it_goes_on_where_a_killed_worker_stopped(
    clicked: Sent, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tagging, "_SLICE", 1)
    made = begin(browser, clicked)
    assert tagging._next(made.pk)
    tagging.work(made.pk)
    tagging.work(made.pk)
    assert sum("keen" in carried(clicked, number) for number in range(5)) == 3


def test_filters_narrow_whom_it_reaches(clicked: Sent, browser: Client) -> None:
    made = begin(browser, clicked, query=f"?term=clicked&q={clicked.messages[2].email}&from=2020-01-01")
    tagging.work(made.pk)
    assert [carried(clicked, number) for number in range(5)] == [["keen"], ["old"], ["keen"], [], []]


def test_a_rehearsal_tags_nobody(send: Callable[..., Sent], browser: Client) -> None:
    sent = send(rehearsal=True)
    answer = browser.post(f"/campaigns/people/{sent.batch.id}/tag/?term=all", {"tag": "x"})
    assert answer.status_code == 422
    assert "changes nobody’s record" in answer.content.decode()
    assert not Tagging.objects.exists()


def test_many_people_ask_for_the_number(clicked: Sent, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "MANY", 2)
    url = f"/campaigns/people/{clicked.batch.id}/tag/?term=clicked"
    assert browser.post(url, {"tag": "x", "typed": "4"}).status_code == 422
    assert not Tagging.objects.exists()
    assert browser.post(url, {"tag": "x", "typed": "3"}).status_code == 302


def test_who_carries_the_most_already_is_left_alone(clicked: Sent, browser: Client) -> None:
    many = [f"t{number}" for number in range(tags.MOST)]
    Contact.objects.filter(pk=clicked.contact(2).pk).update(attributes={"tags": many})
    tagging.work(begin(browser, clicked).pk)
    assert carried(clicked, 2) == many


def test_a_viewer_tags_nobody(clicked: Sent, viewer: User, client_for: Callable[[User], Client]) -> None:
    answer = client_for(viewer).post(f"/campaigns/people/{clicked.batch.id}/tag/?term=clicked", {"tag": "x"})
    assert answer.status_code == 403
    assert "Tag these people" not in client_for(viewer).get(f"/campaigns/people/{clicked.batch.id}/").content.decode()
