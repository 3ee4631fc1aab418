"""One person's page: values changed in place, notes, and the story page by page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from contacts import consent, timeline
from contacts.models import Contact, Field, MailingList, Note, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for: Callable[[User], Client], marketer: User) -> Client:
    return client_for(marketer)


@pytest.fixture
def ada(db: None) -> Contact:
    Field.objects.create(key="city", label="City")
    return Contact.objects.create(
        email="ada@example.com", first_name="Ada", attributes={"city": "Ulm", "tags": ["vip"]}
    )


def test_one_value_is_changed_where_it_is_read_and_the_story_says_by_whom(browser: Client, ada: Contact) -> None:
    at = f"/contacts/{ada.pk}/value/field_city/"
    Contact.objects.filter(pk=ada.pk).update(first_name="Augusta")  # by somebody else, meanwhile
    row = browser.post(at, {"field_city": "Köln"}, headers={"hx-request": "true"}).content.decode()
    assert "Köln" in row
    assert "<html" not in row
    ada.refresh_from_db()
    assert (ada.first_name, ada.attributes) == ("Augusta", {"city": "Köln", "tags": ["vip"]})
    page = browser.get(f"/contacts/{ada.pk}/?show=changes").content.decode()
    assert "Changed by Mia Marketer: City" in page
    assert "Ulm → Köln" in page
    refused = browser.post(f"/contacts/{ada.pk}/value/email/", {"email": "nobody"})
    assert refused.status_code == 422
    assert browser.get(f"/contacts/{ada.pk}/value/is_sample/").status_code == 404


def test_who_unsubscribed_stays_so_under_a_new_address(browser: Client, ada: Contact) -> None:
    consent.unsubscribe(ada, lists=None, channel="page")
    browser.post(f"/contacts/{ada.pk}/value/email/", {"email": "countess@example.com"})
    assert Suppression.objects.get(email="countess@example.com").reason == "unsubscribed"
    assert Suppression.objects.filter(email="ada@example.com").exists()


def test_notes_are_kept_changed_and_deleted(browser: Client, ada: Contact) -> None:
    browser.post(f"/contacts/{ada.pk}/notes/new/", {"text": "Called <b>twice</b>"})
    note = Note.objects.get()
    page = browser.get(f"/contacts/{ada.pk}/").content.decode()
    assert "Called &lt;b&gt;twice&lt;/b&gt;" in page
    at = f"/contacts/{ada.pk}/notes/{note.pk}/"
    assert at in page
    browser.post(at, {"text": "Called once"})
    assert "edited by Mia Marketer" in browser.get(f"/contacts/{ada.pk}/?show=notes").content.decode()
    assert browser.get(f"/contacts/{ada.pk + 1}/notes/{note.pk}/").status_code == 404
    browser.post(f"{at}delete/")
    assert not Note.objects.exists()


def test_the_story_is_paged_and_nothing_is_told_twice_or_left_out(browser: Client, ada: Contact) -> None:
    """Also where more happened in one moment than a page shows: an import that put somebody on many lists."""
    lists = [MailingList.objects.create(name=f"List {number:03}").pk for number in range(70)]
    consent.subscribe(ada, lists=lists, channel="import")
    at = timezone.now() - timedelta(hours=1)
    Note.objects.bulk_create(Note(contact=ada, text=f"Note {n:03}", at=at - timedelta(minutes=n)) for n in range(75))
    told: list[str] = []
    url = ""
    for _ in range(5):
        page = browser.get(f"/contacts/{ada.pk}/{url}").content.decode()
        story = page.partition('id="story"')[2].partition("</section>")[0]
        told += re.findall(r"List \d{3}|Note \d{3}", story)
        found = re.search(r'rel="next" href="(\?[^"#]*)', story)
        if not found:
            break
        url = found[1].replace("&amp;", "&")
    assert len(told) == len(set(told)) == 145
    assert told[70:] == [f"Note {n:03}" for n in range(75)]
    only_notes = browser.get(f"/contacts/{ada.pk}/?show=notes").content.decode()
    assert "Subscribed to" not in only_notes[only_notes.index('id="story"') :]
    assert timeline.page(ada, "never-mind").entries
