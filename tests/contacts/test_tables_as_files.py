"""What is made here to find people by is a file, too, as tables of reports are."""

import csv
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contacts.models import Contact, ImportJob, MailingList, Segment, SegmentDay, SignupForm, Subscription

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


@pytest.mark.django_db
def test_lists_and_the_days_of_a_segment_are_files(viewer: User, client_for: Browser) -> None:
    news = MailingList.objects.create(name="=News", is_public=True)
    MailingList.objects.create(name="A fair of 2019", archived_at=timezone.now())
    for n, state in enumerate(("subscribed", "subscribed", "unsubscribed")):
        contact = Contact.objects.create(email=f"p{n}@example.com")
        Subscription.objects.create(contact=contact, list=news, state=state)
    paris = Segment.objects.create(name="Paris")
    for n, people in enumerate((7, 5, 4)):
        SegmentDay.objects.create(segment=paris, day=timezone.localdate() - timedelta(days=n + 1), people=people)
    browser = client_for(viewer)
    for page in ("/lists/", paris.get_absolute_url()):
        assert "?as=csv" in browser.get(page).content.decode()
    head, first, last = read(browser, "/lists/?as=csv")
    assert head[:4] == ["Name", "Seen by", "Subscribed", "Unsubscribed"]
    assert (first[:5], first[-1]) == (["'=News", "everybody", "2", "1", "2"], "")
    assert (last[0], last[-1] != "") == ("A fair of 2019", True)
    days = read(browser, f"{paris.get_absolute_url()}?as=csv")
    assert [row[1] for row in days] == ["People", "7", "5", "4"]
    assert days[1][0] == (timezone.localdate() - timedelta(days=1)).isoformat()
