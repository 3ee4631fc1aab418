"""Questions about consent, and mending, as somebody meets them on the pages."""

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.models import User
from contacts.importing.running import working
from contacts.models import Contact, ImportJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_import(marketer: User) -> Callable[..., tuple[Client, str]]:
    def make(content: str, name: str = "people.csv") -> tuple[Client, str]:
        client = Client()
        client.force_login(marketer)
        client.post("/imports/new/", {"file": SimpleUploadedFile(name, content.encode())})
        return client, f"/imports/{ImportJob.objects.latest('id').pk}/"

    return make


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


DECIDED = {"everyone": "0", "mode": "fill", "consent_source": "form", "new_list": "News"}
COLUMNS = {"column-0": "email", "column-1": "status", "column-2": "ask"}
FILE = "Email,Status,Consent\na@x.com,1,I want it\nb@x.com,2,I want it\nnobody,1,\n"


def test_cut_example_of_a_column_says_so_and_is_read_whole(
    open_import: Callable[..., tuple[Client, str]],
) -> None:
    wish = "Writes to us before every move, and wants the autumn letter on paper"
    client, url = open_import(f'Email,Wish\na@x.com,"{wish} <now>"\nb@x.com,Short\n')
    page = text(client.get(url))
    assert f'title="{wish} &lt;now&gt;"' in page
    assert f">{wish[:60]}…</bdi>" in page
    assert f'hidden-visually">{wish} &lt;now&gt;</bdi>' in page
    assert "<bdi>Short</bdi>" in page


def test_an_import_waits_for_its_answers(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import(FILE)
    page = text(client.get(url))
    assert "What does “Status” say?" in page
    assert "2 people have something in “Consent”. What does it mean?" in page
    assert page.index("2 questions first") < page.index("The first rows")
    refused = client.post(f"{url}check/", COLUMNS | DECIDED)
    assert refused.status_code == 422
    assert "2 things need another look" in text(refused)
    answers = {"answer-2": "opted_in", "meaning-1": ["0:1", "30:2"]}
    again = text(client.post(f"{url}preview/", COLUMNS | DECIDED | answers))
    assert "questions first" not in again
    assert 'value="ask" selected' not in again
    client.post(f"{url}check/", COLUMNS | DECIDED | answers)
    job = ImportJob.objects.get()
    assert job.state == "checking"
    working.work(job.pk)
    client.post(f"{url}start/")
    working.work(job.pk)
    assert [contact.email for contact in Contact.objects.reachable()] == ["a@x.com"]


def test_all_that_is_open_is_asked_at_once_and_counted(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import("Email,Status,Consent,Work email\na@x.com,1,I want it,a@y.com\n")
    columns = COLUMNS | {"column-3": "email"}
    refused = text(client.post(f"{url}check/", columns | DECIDED | {"everyone": "", "consent_source": ""}))
    assert "5 things need another look" in refused
    for place, name, wanted in (
        ("meaning-1-0", "“Status”", "Choose what each word there means."),
        ("answer-2", "“Consent”", "Choose what it means."),
        ("column-3", "“Work email”", "It goes to the same place as “Email”. Choose another for one of them."),
    ):
        assert re.search(rf'<a href="#{place}">{name}</a>: {re.escape(wanted)}\s', refused), name
        assert re.search(rf'id="{place}"[^>]* aria-invalid="true"', refused), name
        assert refused.count(wanted) == 2, "in the summary and beside it"
    assert '<a href="#id_everyone">' in refused
    assert "Say how these people agreed to get mail." in refused
    nowhere = text(client.post(f"{url}check/", COLUMNS | DECIDED | {"column-0": "", "consent_source": ""}))
    assert "2 things need another look" in nowhere
    assert '<a href="#column-0">Columns</a>: Choose “E-mail address” beside the one that holds them.' in nowhere


def test_a_file_without_addresses_asks_for_them_first(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import("Name,Town\nAna,Bath\n")
    page = text(client.get(url))
    assert page.index("Which column holds the e-mail addresses?") < page.index("Columns of the file")
    refused = client.post(f"{url}check/", DECIDED | {"column-0": "name", "consent_source": ""})
    assert refused.status_code == 422
    assert "Which column holds the e-mail addresses?" in text(refused)
    chosen = text(client.post(f"{url}preview/", DECIDED | {"column-0": "email"}))
    assert "Which column holds the e-mail addresses?" not in chosen


def test_what_is_left_out_unasked_says_why_and_what_to_choose(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import("Email,Last changed,E-mail,Shoe size,Gone\na@x.com,2024-05-01,a@x.com,41,\n")
    page = text(client.get(url))
    assert "It looks like what the other system notes for itself. To keep it, choose “New field: Date”." in page
    assert "Another column is the one for “E-mail address”. To keep it" in page
    assert page.count("To keep it, choose") == 2
    assert page.count("Nothing stands in its first rows.") == 1
    kept = {"column-0": "email", "column-1": "new:date", "column-3": ""}
    again = text(client.post(f"{url}preview/", kept | DECIDED))
    assert "notes for itself" not in again
    assert again.count("To keep it, choose") == 1, "nothing is said of what somebody leaves out"


def test_pasted_people_are_called_pasted_text(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, _ = open_import(FILE)
    page = client.post("/imports/new/", {"pasted": "Ada <ada@x.com>, ben@x.com"}, follow=True)
    assert "What is in Pasted text" in text(page)
    assert ">Pasted text</a>" in text(client.get("/imports/"))


def test_a_pasted_table_of_two_addresses_a_row_is_asked_about_as_a_file_is(
    open_import: Callable[..., tuple[Client, str]],
) -> None:
    table = "Name,Email,Work email\nAda,ada@x.com,ada@work.com\nBen,ben@x.com,ben@work.com\n"
    client, _ = open_import(table)
    as_file = ImportJob.objects.get().options
    page = text(client.post("/imports/new/", {"pasted": table}, follow=True))
    pasted = ImportJob.objects.latest("id").options
    assert (pasted["header"], pasted["columns"]) == (["Name", "Email", "Work email"], as_file["columns"])
    assert '<label for="column-2">Work email</label>' in page


def test_what_was_pasted_long_ago_is_called_pasted_text_too(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import(FILE)
    for old, new in (("Pasted people.csv", "Pasted text"), ("My Pasted people.csv", "My Pasted people.csv")):
        ImportJob.objects.update(file_name=old)
        with connection.cursor() as cursor:
            cursor.execute(import_module("contacts.migrations.0044_pasted_text").RENAME)
        assert f">What is in {new}</h1>" in text(client.get(url))


def test_ignoring_a_status_is_confirmed_on_the_page(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import("Email,Status\na@x.com,active\nb@x.com,unsubscribed\n")
    ignored = {"column-0": "email", "column-1": ""} | DECIDED
    page = text(client.post(f"{url}preview/", ignored))
    assert "1 person does not want mail, or nobody knows. As chosen they would get it." in page
    refused = client.post(f"{url}check/", ignored)
    assert refused.status_code == 422
    again = text(client.post(f"{url}preview/", ignored | {"answer-1": "disregard"}))
    assert "question first" not in again
    assert '<input type="hidden" name="answer-1" value="disregard">' in again
    client.post(f"{url}check/", ignored | {"answer-1": "disregard"})
    assert ImportJob.objects.get().state == "checking"


def test_who_is_in_the_file_is_asked_for(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import("Email\na@x.com\n", "subscribed_and_unsubscribed.csv")
    answer = client.post(f"{url}check/", {"column-0": "email"} | DECIDED | {"everyone": ""})
    assert answer.status_code == 422
    assert "Say who the people in this file are." in text(answer)


def test_refused_rows_are_mended_on_the_page(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import("Email;Name;Visits\na@x.com;A;many\nada@gmial.com;Ada Lovelace;3\n")
    columns = {"column-0": "email", "column-1": "full_name", "column-2": "new:number"}
    client.post(f"{url}check/", columns | DECIDED)
    working.work(ImportJob.objects.get().pk)
    page = text(client.get(url))
    assert "The domain looks misspelt." in page
    assert 'value="ada@gmail.com"' in page
    assert "Imported without Visits: “many” is not a number." in page
    download = b"".join(client.get(f"{url}refused/").streaming_content)  # type: ignore[attr-defined]
    assert b"Line;Reason;Suggestion;Email;Name;Visits" in download
    client.post(f"{url}mend/", {"row-1": "ada@gmial.com"})  # as it stood
    assert ImportJob.objects.count() == 1
    client.post(f"{url}mend/", {"row-1": "ada@gmail.com"})
    mended = ImportJob.objects.latest("id")
    page = text(client.get(url))
    assert f'<a href="{mended.get_absolute_url()}"><bdi>Mended rows of people.csv</bdi></a>' in page
    assert 'name="row-1"' not in page
    assert "Check the mended rows" not in page
    client.post(f"{url}mend/", {"row-1": "ada@gmail.com"})  # of a page that stood open
    assert ImportJob.objects.count() == 2
    working.work(mended.pk)
    client.post(f"/imports/{mended.pk}/start/")
    working.work(mended.pk)
    assert "still waits for your go-ahead" in text(client.get(mended.get_absolute_url()))
    client.post(f"{url}start/")
    assert "still waits for your go-ahead" not in text(client.get(mended.get_absolute_url()))
    ada = Contact.objects.get()
    assert (ada.email, ada.name, ada.attributes) == ("ada@gmail.com", "Ada Lovelace", {"visits": 3})


def test_row_of_a_mending_that_was_cancelled_is_mended_again(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import("Email\nada@gmial.com\nben@x.com\n")
    client.post(f"{url}check/", {"column-0": "email"} | DECIDED)
    working.work(ImportJob.objects.get().pk)
    client.post(f"{url}mend/", {"row-0": "ada@gmail.com"})
    mended = ImportJob.objects.latest("id")
    working.work(mended.pk)
    client.post(f"/imports/{mended.pk}/cancel/")
    assert 'name="row-0"' in text(client.get(url))


def test_an_import_that_is_started_too_early_says_so(open_import: Callable[..., tuple[Client, str]]) -> None:
    client, url = open_import("Email\na@x.com\n")
    answer = client.post(f"{url}start/")
    assert answer.status_code == 400
    assert "cannot start yet: its file has to be checked first" in text(answer)
    assert "Look over where each column goes" in text(answer)
    client.post(f"{url}check/", {"column-0": "email"} | DECIDED)
    assert client.post(f"{url}start/").status_code == 400
    assert ImportJob.objects.get().state == "checking"


@pytest.mark.parametrize("number", ["½", "²", "٣", "1e9", "-1", "99999999999999999999"])
def test_odd_numbers_in_an_address_are_not_found(open_import: Callable[..., tuple[Client, str]], number: str) -> None:
    client, _ = open_import("Email\na@x.com\n")
    assert client.get(f"/imports/{number}/").status_code == 404
    assert client.get(f"/contacts/{number}/").status_code == 404


def test_the_page_of_columns_opens_its_file_once(
    open_import: Callable[..., tuple[Client, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may lie in a storage elsewhere."""
    client, url = open_import(FILE)
    opened: list[str] = []
    real = default_storage.open

    def counted(name: str, mode: str = "rb") -> Any:
        opened.append(name)
        return real(name, mode)

    monkeypatch.setattr(default_storage, "open", counted)
    page = text(client.get(url))
    assert len(opened) == 1
    for words in ("<bdi>a@x.com</bdi>", "What does “Status” say?", "An address has an @ in it."):
        assert words in page
