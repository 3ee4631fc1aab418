"""What people do with contacts in the browser, over HTTP."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from contacts import consent
from contacts.filtering import State
from contacts.importing.reading import uploading
from contacts.importing.running import working
from contacts.models import Contact, Field, ImportJob, MailingList, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for: Callable[[User], Client], marketer: User) -> Client:
    return client_for(marketer)


def people(count: int, *lists: MailingList) -> list[Contact]:
    made = [Contact.objects.create(email=f"p{n}@example.com", first_name=f"Person {n}") for n in range(count)]
    for contact in made:
        consent.subscribe(contact, lists=[one.pk for one in lists], channel="setup")
    return made


def text(response: Any) -> str:
    return str(response.content.decode())


def table(response: Any) -> list[list[str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content, newline="")))


def test_contacts_are_found_by_any_part_of_name_or_address(browser: Client) -> None:
    Contact.objects.create(email="ada@example.com", first_name="Ada", last_name="Lovelace")
    Contact.objects.create(email="grace@example.net", first_name="Grace", last_name="Hopper")
    for search in ("ovelac", "ADA lov", "ada@exa", "100%"):
        page = text(browser.get("/contacts/", {"q": search}))
        assert ("ada@example.com" in page) == (search != "100%")
        assert "grace@example.net" not in page


def test_filters_show_the_right_people(browser: Client, news: MailingList) -> None:
    fine, left, bounced, resting = people(4, news)
    Contact.objects.create(email="lonely@example.com")
    consent.unsubscribe(left, lists=None, channel="page")
    consent.suppress(bounced.email, Suppression.Reason.HARD_BOUNCE)
    Contact.objects.filter(pk=resting.pk).update(paused_until=timezone.now() + timedelta(days=1))
    expected = {
        "reachable": {fine.email},
        "unsubscribed": {left.email},
        "suppressed": {left.email, bounced.email},
        "paused": {resting.email},
        "expired": set(),
        "no-list": {"lonely@example.com"},
    }
    assert set(expected) == set(State.values)
    for state, emails in expected.items():
        page = browser.get("/contacts/", {"state": state})
        assert {contact.email for contact in page.context["page"].rows} == emails
        assert "Save as a segment" in text(page)
        assert browser.get("/contacts/export/", {"state": state}).context["counted"].split()[0] == str(len(emails))
        assert browser.get(f"/contacts/?state={state}&list={news.pk}&q=example").status_code == 200
    page = browser.get("/contacts/", {"list": news.pk})
    assert len(page.context["page"].rows) == 4


def test_paging_by_key_walks_to_the_end_and_back(browser: Client) -> None:
    people(120)
    seen, url = [], "/contacts/"
    while url:
        page = browser.get(url).context["page"]
        seen += [contact.pk for contact in page.rows]
        back, url = page.previous_url, page.next_url and f"/contacts/{page.next_url}"
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 120
    before = browser.get(f"/contacts/{back}").context["page"]
    assert [contact.pk for contact in before.rows] == seen[50:100]


@pytest.mark.parametrize(
    "query",
    [
        "?before=x",
        "?list=99999999999",
        "?list=%C2%B2",
        f"?before={'9' * 400}",
        "?state=<script>",
        "?q=%00",
        "?after=-1",
    ],
)
def test_nonsense_in_the_address_is_no_error(browser: Client, query: str) -> None:
    people(1)
    assert browser.get(f"/contacts/{query}").status_code == 200


def test_person_is_added_with_proof_and_edited(browser: Client, news: MailingList) -> None:
    Field.objects.create(key="visits", label="Visits", kind="number")
    data = {
        "email": "Ada@EXAMPLE.com",
        "open_consent": "unknown",
        "click_consent": "unknown",
        "lists": [news.pk],
        "field_visits": "3",
    }
    assert browser.post("/contacts/new/", data).status_code == 422  # no proof
    browser.post("/contacts/new/", data | {"agreed": "At the fair"})
    ada = Contact.objects.get()
    assert (ada.email, ada.attributes) == ("Ada@example.com", {"visits": 3})
    assert ada.consent_events.get().text == "At the fair"
    changed = {"email": "ada@example.com", "open_consent": "refused", "click_consent": "unknown", "field_visits": ""}
    browser.post(f"/contacts/{ada.pk}/edit/", changed)
    ada.refresh_from_db()
    assert (ada.email, ada.attributes, ada.open_consent) == ("ada@example.com", {}, "refused")


def test_tags_are_edited_shown_and_filtered_by(browser: Client) -> None:
    ana = Contact.objects.create(email="ana@example.org", first_name="Ana", attributes={"tags": ["old"], "x": 1})
    Contact.objects.create(email="ben@example.org")
    assert 'value="old"' in browser.get(f"/contacts/{ana.pk}/edit/").content.decode()
    browser.post(
        f"/contacts/{ana.pk}/edit/",
        {
            "email": ana.email,
            "open_consent": "unknown",
            "click_consent": "unknown",
            "tags": 'vip, "Friends, old", Łódź, vip',
        },
    )
    ana.refresh_from_db()
    assert ana.attributes["tags"] == ["vip", "Friends, old", "Łódź"]
    assert "?tag=vip" in browser.get(f"/contacts/{ana.pk}/").content.decode()
    page = browser.get("/contacts/?tag=vip").content.decode()
    assert "ana@example.org" in page
    assert "ben@example.org" not in page
    assert "Any tag" in page


def test_the_same_address_is_not_added_twice(browser: Client) -> None:
    ada = Contact.objects.create(email="ada@example.com")
    page = browser.post(
        "/contacts/new/", {"email": "ADA@example.com", "open_consent": "unknown", "click_consent": "unknown"}
    )
    assert page.status_code == 422
    assert f'<a href="/contacts/{ada.pk}/">a contact with this address</a> already' in page.content.decode()


def test_unsubscribing_by_hand_needs_a_reason(browser: Client, news: MailingList) -> None:
    (ada,) = people(1, news)
    assert browser.post(f"/contacts/{ada.pk}/unsubscribe/", {}).status_code == 422
    browser.post(f"/contacts/{ada.pk}/unsubscribe/", {"reason": "Called us"})
    assert ada.subscriptions.get().state == "unsubscribed"
    page = text(browser.get(f"/contacts/{ada.pk}/"))
    assert "Called us" in page
    assert "unsubscribed from everything" in page


@pytest.mark.parametrize("wanted", ["²", "0", "-1", "none", "9" * 400])
def test_unsubscribing_from_a_list_that_is_none_ends_nothing(browser: Client, news: MailingList, wanted: str) -> None:
    (ada,) = people(1, news)
    gone = browser.post(f"/contacts/{ada.pk}/unsubscribe/", {"reason": "Called us", "list": wanted})
    assert gone.status_code == 404
    assert ada.subscriptions.get().state == "subscribed"
    assert not Suppression.objects.exists()


def test_a_field_is_renamed_to_one_line_of_text(browser: Client) -> None:
    city = Field.objects.create(key="city", label="City")
    for label in ("", "  ", "a\0b"):
        browser.post(f"/contacts/fields/{city.pk}/edit/", {"label": label})
        city.refresh_from_db()
        assert city.label == "City"
    browser.post(f"/contacts/fields/{city.pk}/edit/", {"label": " Home  town "})
    city.refresh_from_db()
    assert city.label == "Home town"


def test_who_complained_is_not_subscribed_from_their_page(browser: Client, news: MailingList) -> None:
    ada = Contact.objects.create(email="ada@example.com")
    consent.suppress(ada.email, Suppression.Reason.COMPLAINT)
    page = browser.post(f"/contacts/{ada.pk}/resubscribe/", {"lists": [news.pk], "reason": "x"})
    assert page.status_code == 422
    assert "marked as spam" in text(page)


def test_addresses_are_suppressed_by_hand_all_or_none(browser: Client) -> None:
    page = browser.post("/suppressions/new/", {"addresses": "a@example.com\nnonsense", "reason": "Asked"})
    assert "Line 2" in text(page)
    assert not Suppression.objects.exists()
    browser.post("/suppressions/new/", {"addresses": "a@example.com\n\nB@example.com\n", "reason": "Asked"})
    assert set(Suppression.objects.values_list("email", flat=True)) == {"a@example.com", "b@example.com"}


def test_hostile_text_is_shown_as_text(browser: Client) -> None:
    evil = "<script>alert(1)</script>"
    ada = Contact.objects.create(email="ada@example.com", first_name=evil, attributes={"x": evil})
    Field.objects.create(key="x", label=evil)
    consent.suppress(ada.email, Suppression.Reason.HARD_BOUNCE, detail=f"550 {evil}")
    MailingList.objects.create(name=evil)
    for url in ("/contacts/", f"/contacts/{ada.pk}/", "/suppressions/", "/lists/", "/contacts/fields/"):
        assert evil not in text(browser.get(url))


def test_export_holds_what_the_filter_shows_and_no_formula(browser: Client, news: MailingList) -> None:
    ada, bob = people(2, news)
    Contact.objects.filter(pk=ada.pk).update(first_name="=HYPERLINK(1)")
    consent.unsubscribe(bob, lists=None, channel="page")
    rows = table(browser.post(f"/contacts/export/?list={news.pk}"))
    assert [row[0] for row in rows] == ["Email", ada.email, bob.email]
    assert rows[1][1] == "'=HYPERLINK(1)"
    assert rows[2][-4] == "unsubscribed"
    assert len(table(browser.post("/contacts/export/?state=reachable"))) == 2
    assert AuditEntry.objects.filter(action="contacts.export").count() == 2


def test_list_is_deleted_with_its_name_typed_when_it_is_large(
    browser: Client, news: MailingList, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contacts.views import lists

    people(3, news)
    monkeypatch.setattr(lists, "TYPED_ABOVE", 2)
    browser.post(f"/lists/{news.pk}/delete/", {})
    assert MailingList.objects.exists()
    browser.post(f"/lists/{news.pk}/delete/", {"typed": "News"})
    assert not MailingList.objects.exists()
    assert Contact.objects.count() == 3


def test_import_is_carried_through_in_the_browser(browser: Client) -> None:
    file = SimpleUploadedFile("friends.csv", "E-Mail;Vorname;Ort\nada@example.com;Ada;Köln\nnobody;;\n".encode())
    browser.post("/imports/new/", {"file": file})
    job = ImportJob.objects.get()
    url = f"/imports/{job.pk}/"
    page = text(browser.get(url))
    assert "ada@example.com" in page
    assert "An address has an @ in it." in page
    chosen = {"column-0": "email", "column-1": "last_name", "column-2": "new:text", "label-2": "Town"}
    assert "Köln" in text(browser.post(f"{url}preview/", chosen))
    decided = chosen | {"everyone": "0", "mode": "fill", "consent_source": "form", "new_list": "Friends"}
    assert browser.post(f"{url}check/", decided | {"consent_source": ""}).status_code == 422
    assert not MailingList.objects.exists()
    browser.post(f"{url}check/", decided)
    working_page = browser.get(url)
    assert "Checking" in text(working_page)
    assert "<h1" not in text(browser.get(url, headers={"HX-Request": "true"}))
    working.work(job.pk)
    assert browser.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "Import 1 person" in text(browser.get(url))
    browser.post(f"{url}start/")
    working.work(job.pk)
    assert "2 = 1 + 0 + 0 + 0 + 1" in text(browser.get(url))
    ada = Contact.objects.get()
    assert (ada.last_name, ada.attributes) == ("Ada", {"town": "Köln"})
    assert b"nobody" in b"".join(browser.get(f"{url}refused/").streaming_content)  # type: ignore[attr-defined]


def test_upload_that_is_too_large_stops_while_it_arrives(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "LARGEST_BYTES", 1000)
    file = SimpleUploadedFile("big.csv", b"email\n" + b"a@example.com\n" * 100_000)
    page = browser.post("/imports/new/", {"file": file})
    assert page.status_code == 422
    assert "larger than 200 MB" in text(page)
    assert not ImportJob.objects.exists()


def test_upload_without_the_token_of_the_form_is_refused(marketer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(marketer)
    file = SimpleUploadedFile("people.csv", b"email\na@example.com\n")
    assert client.post("/imports/new/", {"file": file}).status_code == 403


def test_unreadable_upload_is_answered_with_what_it_is(browser: Client) -> None:
    page = browser.post("/imports/new/", {"file": SimpleUploadedFile("x.csv", b"\xd0\xcf\x11\xe0....")})
    assert "Excel workbook" in text(page)
