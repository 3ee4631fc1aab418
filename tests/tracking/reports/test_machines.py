from collections.abc import Callable

from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.tracking.conftest import Reader, Sent
from tracking.reports import machines, numbers, people

APPLE = "Mozilla/5.0"
BARRACUDA = "Barracuda Sentinel (EE)"


def test_report_says_in_words_who_the_machines_were(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    sent = send(people=4)
    for person in (0, 1, 1):
        reader("GET", sent.open(person), agent=APPLE)
    reader("GET", sent.open(2), agent=BARRACUDA)
    reader("GET", sent.click(2), agent=BARRACUDA)
    reader("GET", sent.open(3))
    take_in()
    report = numbers.report([sent.batch.id])
    assert [(row.words, row.opened, row.clicked, row.times) for row in report.machines] == [
        ("Apple’s privacy proxy, which loads pictures whether or not anybody reads", 2, 0, 3),
        ("A security scanner, by its own name", 1, 1, 2),
    ]
    page = render_to_string("tracking/_report.html", {"report": report, "campaign_url": "/"})
    assert "A security scanner, by its own name" in page
    assert "?term=machines-alone" in page


def test_report_without_machines_does_not_speak_of_them(sent: Sent, reader: Reader, take_in: Callable[[], int]) -> None:
    reader("GET", sent.open())
    take_in()
    report = numbers.report([sent.batch.id])
    assert not report.machines
    assert "machines-alone" not in render_to_string("tracking/_report.html", {"report": report, "campaign_url": "/"})


def test_who_was_opened_for_by_machines_alone_is_listed_until_they_do_something(
    send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]
) -> None:
    sent = send(people=5)
    for person in (0, 1, 2, 3):
        reader("GET", sent.open(person), agent=APPLE)
    reader("GET", sent.open(1))
    reader("GET", sent.click(2))  # with pictures off: read all the same
    reader("GET", sent.open(4))
    take_in()
    found = people.people(sent.batch, machines.ALONE)
    assert [person.email for person in found] == [sent.messages[0].email, sent.messages[3].email]
    assert machines.count_alone(sent.batch.id) == 2
    assert [person.email for person in people.people(sent.batch, machines.ALONE, after=found[0].message_id)] == [
        sent.messages[3].email
    ]
    assert not people.people(sent.batch, machines.ALONE, search="nobody")
    reader("GET", sent.click(0))
    take_in()
    assert [person.email for person in people.people(sent.batch, machines.ALONE)] == [sent.messages[3].email]


def test_marketer_finds_them_among_the_lists(
    viewer: User,
    client_for: Callable[[User], Client],
    send: Callable[..., Sent],
    reader: Reader,
    take_in: Callable[[], int],
) -> None:
    sent = send()
    reader("GET", sent.open(), agent=APPLE)
    take_in()
    address = reverse("batch-people", args=[sent.batch.id])
    page = client_for(viewer).get(f"{address}?term=machines-alone").content.decode()
    assert "Opened by machines alone" in page
    assert sent.messages[0].email in page
    assert sent.messages[1].email not in page
