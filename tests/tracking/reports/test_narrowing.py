"""The people of a report, narrowed by mailbox, link, day and text; and the machines, who have lists of their own."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from delivery.feedback import second_line
from delivery.feedback.second_line import Moved
from delivery.models import Term
from tests.tracking.conftest import Reader, Sent
from tracking.models import Engagement
from tracking.reports import numbers, people

APPLE = "Mozilla/5.0"


@pytest.fixture
def mixed(send: Callable[..., Sent], reader: Reader, take_in: Callable[[], int]) -> Sent:
    """Four clicked: two at Gmail, one at Outlook, one at nobody’s domain; a machine opened for the fifth."""
    sent = send(people=5)
    for number, domain in ((2, "outlook.com"), (3, "nordlicht.example")):
        move(sent, number, f"reader{number}@{domain}")
    for number in range(4):
        reader("GET", sent.click(number, number % 2))
    reader("GET", sent.open(4), agent=APPLE)
    take_in()
    return sent


def move(sent: Sent, number: int, email: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_message SET email = %s WHERE id = %s", [email, sent.messages[number].id])
    sent.messages[number].email = email


def listed(sent: Sent, term: str, **narrow: object) -> list[int]:
    ids = [message.id for message in sent.messages]
    return [ids.index(person.message_id) for person in people.everyone(sent.batch, term, **narrow)]  # type: ignore[arg-type]


@pytest.mark.parametrize("term", ["clicked", "accepted", "no-word"])
def test_a_list_is_narrowed_to_the_mailboxes_of_one_provider(term: str, mixed: Sent) -> None:
    assert [number for number in listed(mixed, term, lane="gmail") if number < 4] == [0, 1]
    assert listed(mixed, term, lane="microsoft") == [2]
    assert listed(mixed, term, lane="other") == [3]
    assert listed(mixed, term, lane="yahoo") == []


def test_bounces_are_narrowed_by_the_provider_that_counted_them(mixed: Sent) -> None:
    second_line.move([Moved(mixed.messages[1].id, mixed.batch.id, "gmail", Term.HARD, "", is_blocked=False)])
    assert listed(mixed, "bounced-hard", lane="gmail") == [1]
    assert listed(mixed, "bounced-hard", lane="other") == []


def test_filters_narrow_each_other(mixed: Sent) -> None:
    assert listed(mixed, "clicked", link_id=mixed.links[0].id) == [0, 2]
    assert listed(mixed, "clicked", link_id=mixed.links[0].id, lane="gmail") == [0]
    assert listed(mixed, "clicked", lane="gmail", search=mixed.messages[1].email[:-4].upper()) == [1]


def test_days_are_whole_days_of_the_organisation(mixed: Sent) -> None:
    Engagement.objects.filter(message_id=mixed.messages[0].id).update(first_at=timezone.now() - timedelta(days=10))
    yesterday = timezone.now() - timedelta(days=1)
    assert listed(mixed, "clicked", since=yesterday) == [1, 2, 3]
    assert listed(mixed, "clicked", until=yesterday) == [0]
    assert listed(mixed, "accepted", until=yesterday) == []


def test_machines_have_a_list_that_is_as_long_as_their_number(mixed: Sent) -> None:
    report = numbers.report([mixed.batch.id])
    assert listed(mixed, "opened-by-machines") == [4]
    assert report.opened.machines == 1
    assert report.opened.machine_url.endswith("term=opened-by-machines")
    assert listed(mixed, "opened") == []


def test_the_page_keeps_its_filters_from_page_to_page(
    mixed: Sent, viewer: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(viewer)
    day = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))  # where the organisation is
    url = f"/campaigns/people/{mixed.batch.id}/?term=clicked&lane=gmail&from={day}&to={day}"
    page = browser.get(url).content.decode()
    assert mixed.messages[0].email in page
    assert mixed.messages[2].email not in page
    assert '<option value="gmail" selected>' in " ".join(page.split()).replace("<option value", "<option value")
    for broken in ("lane=x'--", "from=never&to=0000-00-00", "from=9999-12-31", "link=99999999999999999999"):
        assert browser.get(f"/campaigns/people/{mixed.batch.id}/?term=clicked&{broken}").status_code == 200


def test_an_export_has_the_same_people_harmless_cells_and_a_record(
    mixed: Sent, marketer: User, client_for: Callable[[User], Client]
) -> None:
    move(mixed, 0, "=cmd|calc@gmail.com")
    browser = client_for(marketer)
    session = browser.session
    session["confirmed_at"] = timezone.now().timestamp()
    session.save()
    answer = browser.post(f"/campaigns/people/{mixed.batch.id}/export/?term=clicked&lane=gmail")
    rows = list(csv.reader(StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["'=cmd|calc@gmail.com", mixed.messages[1].email]
    assert "lane=gmail" in AuditEntry.objects.get(action="people.export").detail["filters"]
