"""What is made here to find people by is a file, too, as tables of reports are."""

import csv
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contacts.models import ImportJob, Segment, SignupForm

Browser = Callable[[User], Client]


def read(browser: Client, url: str) -> list[list[str]]:
    return list(csv.reader(browser.get(url).getvalue().decode("utf-8-sig").splitlines()))


@pytest.mark.django_db
def test_segments_forms_and_imports_are_files(marketer: User, viewer: User, client_for: Browser) -> None:
    Segment.objects.create(name="=Paris", people=12, reachable=9)
    SignupForm.objects.create(name="Harbour")
    SignupForm.objects.create(name="Old", archived_at=timezone.now())
    ImportJob.objects.create(
        file_name="people.csv",
        state=ImportJob.State.DONE,
        counts={"done": {"new": 5, "updated": 1}, "expected": {"invalid": 2}},
        created_by=marketer,
    )
    browser = client_for(marketer)
    for page in ("/segments/", "/forms/", "/imports/"):
        assert "as=csv" in browser.get(page).content.decode()
    head, segment = read(browser, "/segments/?as=csv")
    assert head == ["Name", "Rules", "People", "Reachable", "Counted"]
    assert (segment[0], *segment[2:]) == ("'=Paris", "12", "9", ""), "no spreadsheet runs it"
    assert read(browser, "/forms/?as=csv")[1] == ["Harbour", "0", "0", "0", "", ""]
    assert [row[0] for row in read(browser, "/forms/?archived=1&as=csv")] == ["Name", "Old"]
    _, job = read(browser, "/imports/?as=csv")
    assert (*job[:5], job[6]) == ("people.csv", "Done", "5", "1", "2", "Mia Marketer")
    assert client_for(viewer).get("/imports/?as=csv").status_code == 403
