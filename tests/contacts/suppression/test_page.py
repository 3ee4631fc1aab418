"""The page of suppressed addresses: found, explained, exported, and brought along from another system."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contacts import consent
from contacts.importing.running import working
from contacts.models import Contact, ImportJob, ListSuppression, MailingList, Suppression
from contacts.suppression import holding, of_lists

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason
HOSTILE = "550 5.1.1 <script>alert(1)</script> no such user"


@pytest.fixture
def browser(client_for: Callable[[User], Client], marketer: User) -> Client:
    return client_for(marketer)


@pytest.fixture
def known() -> None:
    consent.suppress("gone@example.com", Reason.HARD_BOUNCE, detail=HOSTILE, source="bounce", message_id=77)
    consent.suppress("late@example.com", Reason.SOFT_BOUNCE, source="failing")
    consent.suppress("angry@example.com", Reason.COMPLAINT, source="complaint")
    consent.suppress("left@example.com", Reason.UNSUBSCRIBED, source="page")


def shown(browser: Client, **query: str) -> set[str]:
    rows = browser.get("/suppressions/", query).context["rows"]
    return {row.suppression.email.partition("@")[0] for row in rows}


def test_they_are_found_by_address_reason_and_source(browser: Client, known: None) -> None:
    assert shown(browser) == {"gone", "late", "angry", "left"}
    assert shown(browser, q="ANGRY") == {"angry"}
    assert shown(browser, reason="hard_bounce") == {"gone"}
    assert shown(browser, source="failing") == {"late"}
    assert shown(browser, source="failing", reason="complaint") == set()
    assert shown(browser, source="nonsense\0", reason="x") == {"gone", "late", "angry", "left"}


def test_the_words_of_the_server_stand_there_and_lead_to_the_mail(browser: Client, known: None) -> None:
    page = browser.get("/suppressions/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; no such user" in page
    assert "<script>alert" not in page
    assert 'href="/messages/77/"' in page
    assert "Returned mail" in page


def test_who_waits_with_a_report_is_found_and_its_source_said_in_words(browser: Client, known: None) -> None:
    holding.hold_with("webhook 3", [("waits@example.com", 77)])
    assert shown(browser, source="waiting") == {"waits"}
    page = browser.get("/suppressions/", {"q": "waits"}).content.decode()
    assert "webhook 3" not in page
    assert page.count("A report that waits for a look") == 2, "to choose, and beside the address"


def test_a_marketer_reads_why_a_complaint_cannot_be_lifted(browser: Client, known: None) -> None:
    page = " ".join(browser.get("/suppressions/", {"q": "angry"}).content.decode().split())
    assert "angry@example.com stays suppressed" in page
    assert "Only an owner can take that back, once they have asked you: no form does." in page
    assert "/lift/" not in page


@pytest.mark.parametrize("query", ["", "reason=hard_bounce&q=gone", "source=bounce&before=999999"])
def test_whoever_lifts_one_comes_back_to_the_same_filter_and_page(browser: Client, known: None, query: str) -> None:
    here = f"/suppressions/?{query}" if query else "/suppressions/"
    form = _form_to_lift(browser.get(here), "gone@example.com")
    refused = browser.post(form, {"reason": ""})
    assert refused.status_code == 422
    beside = BeautifulSoup(refused.content, "html.parser").select("main .chips a[href], main search form")
    assert len(beside) > 2
    for one in beside:  # the page stands at the form's address, which nothing may be asked of
        assert browser.get(urljoin(form, str(one.get("href") or one.get("action") or ""))).status_code == 200
    form = _form_to_lift(refused, "gone@example.com")
    assert browser.post(form, {"reason": "They asked"}).headers["Location"] == here


@pytest.mark.parametrize("chosen", ["list&q=ana", "{news}&q=ana"])
def test_whoever_lifts_one_for_a_list_comes_back_to_the_same_filter(browser: Client, owner: User, chosen: str) -> None:
    news = MailingList.objects.create(name="News")
    of_lists.suppress(["ana@example.com"], news, reason="Rival", by=owner)
    here = f"/suppressions/?for={chosen.format(news=news.pk)}"
    form = _form_to_lift(browser.get(here), "ana@example.com")
    assert browser.post(form, {"reason": "They asked"}).headers["Location"] == here


def _form_to_lift(page: Any, email: str) -> str:
    button = BeautifulSoup(page.content, "html.parser").select_one(f'[aria-label^="Lift {email}"]')
    assert button is not None
    return str(button.parent.select_one("form[method=post]")["action"])  # type: ignore[union-attr, index]


def test_the_export_holds_what_the_page_shows(browser: Client, known: None) -> None:
    session = browser.session
    session["confirmed_at"] = timezone.now().timestamp()
    session.save()
    answer = browser.post("/suppressions/export/?reason=hard_bounce")
    rows = list(csv.reader(StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row[:2] for row in rows[1:]] == [["gone@example.com", "Address does not exist"]]
    assert len(list(csv.reader(StringIO(b"".join(browser.post("/suppressions/export/")).decode())))) == 5


def test_another_systems_list_is_brought_along_and_makes_nobody_a_contact(browser: Client) -> None:
    ana = Contact.objects.create(email="ana@example.com")
    file = SimpleUploadedFile("bounces.csv", b"email,created\nana@example.com,2026-01-01\nbob@example.com,2026-01-02\n")
    assert 'name="as" value="suppressed"' in browser.get("/imports/new/?as=suppressed").content.decode()
    browser.post("/imports/new/", {"file": file, "as": "suppressed"})
    job = ImportJob.objects.get()
    page = browser.get(f"/imports/{job.pk}/").content.decode()
    assert "Nobody in this file becomes a contact" in page
    assert "How did these people agree" not in page
    columns = {"column-0": "email", "column-1": "", "mode": "fill", "day_first": "no"}
    undecided = browser.post(f"/imports/{job.pk}/check/", columns | {"everyone": ""})
    assert "Say who the people in this file are" in undecided.content.decode()
    browser.post(f"/imports/{job.pk}/check/", columns | {"everyone": "60"})
    working.work(job.pk)
    assert "Suppress 2 addresses" in browser.get(f"/imports/{job.pk}/").content.decode()
    browser.post(f"/imports/{job.pk}/start/")
    working.work(job.pk)
    assert list(Contact.objects.all()) == [ana]
    rows = set(Suppression.objects.values_list("email", "reason", "source"))
    assert rows == {(f"{who}@example.com", "hard_bounce", "import") for who in ("ana", "bob")}
    assert "Import of bounces.csv" in Suppression.objects.first().detail  # type: ignore[union-attr]


def test_addresses_are_suppressed_for_one_list_found_exported_and_lifted(browser: Client, owner: User) -> None:
    news = MailingList.objects.create(name="News")
    ana = Contact.objects.create(email="Ana@example.com")
    consent.subscribe(ana, lists=[news.pk], channel="hand")
    file = SimpleUploadedFile("rivals.csv", b"Email,Name\nana@example.com,Ana\nrival@example.net,R\n")
    typed = {"addresses": "late@example.com", "file": file, "scope": news.pk, "reason": "Rivals"}
    assert browser.post("/suppressions/new/", typed).headers["Location"] == f"/suppressions/?for={news.pk}"
    assert not Suppression.objects.exists()
    page = browser.get("/suppressions/?for=list&q=ana").content.decode()
    assert "Rivals" in page
    assert "rival@" not in page
    person = browser.get(f"/contacts/{ana.pk}/").content.decode()
    assert "Suppressed for this list" in person
    assert "Suppressed for the list News" in person  # in the story
    exported = b"".join(browser.post("/suppressions/export/?for=list")).decode()
    assert [[row[0], row[-1]] for row in csv.reader(StringIO(exported))][1:] == [
        ["ana@example.com", "News"],
        ["late@example.com", "News"],
        ["rival@example.net", "News"],
    ]
    found = ListSuppression.objects.get(email="ana@example.com")
    browser.post(f"/suppressions/of-lists/{found.pk}/lift/", {"reason": ""})
    assert ListSuppression.objects.count() == 3
    browser.post(f"/suppressions/of-lists/{found.pk}/lift/", {"reason": "Sold the shop"})
    assert ListSuppression.objects.count() == 2
    assert "May get mail of the list News again" in browser.get(f"/contacts/{ana.pk}/").content.decode()


def test_what_holds_for_a_list_goes_with_the_address_and_with_the_person_who_is_erased(browser: Client) -> None:
    news = MailingList.objects.create(name="News")
    ana = Contact.objects.create(email="ana@example.com")
    of_lists.suppress([ana.email], news, reason="Asked", by=None)
    of_lists.follow(ana.email, "ana@new.example")
    assert of_lists.kept_off("ANA@new.example", [news.pk]) == {news.pk}
    refused = browser.post("/suppressions/new/", {"addresses": "ana@example.com\nno address", "reason": "x"})
    assert "Line 2, “no address”" in refused.content.decode()
    news.delete()
    assert not ListSuppression.objects.exists()
