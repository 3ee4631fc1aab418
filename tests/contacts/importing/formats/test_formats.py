"""Workbooks, vCards and archives, from the upload to what is known of the people in them."""

import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.test import Client

from accounts.models import User
from contacts.importing.plan import Column, Plan, Target
from contacts.importing.reading import pasting
from contacts.importing.running import jobs, mending
from contacts.importing.running.beginning import Beginning
from contacts.models import Contact, MailingList, Subscription, Suppression
from tests.contacts.conftest import Upload

pytestmark = pytest.mark.django_db


def packed(**members: bytes | str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    people = book.active
    people["A2"] = "Customers"
    people.append(["E-mail", "Postcode", "Phone", "Since", "Bonus"])
    people.append(["ada@example.com", 1067, 4915112345678.0, None, "#N/A"])
    people["B4"].number_format, people["E4"].data_type = "00000", "e"
    people["A7"], people["B7"] = "nobody", "00123"
    people.row_dimensions[7].hidden = True
    book.create_sheet("Old").sheet_state = "hidden"
    book.create_sheet("More")["A1"] = "eve@example.com"
    file = io.BytesIO()
    book.save(file)
    wrong = io.BytesIO()  # sheets state their size, and some programs state a wrong one
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(wrong, "w", zipfile.ZIP_DEFLATED) as again:
        for entry in archive.infolist():
            again.writestr(entry, re.sub(rb'(<dimension ref=)"[^"]*"', rb'\1"A1:A1"', archive.read(entry)))
    return wrong.getvalue()


def test_workbook_comes_as_it_is_shown_and_what_it_hides_is_said(run: Upload, storage: Path) -> None:
    job = run(workbook(), "people.xlsx")
    ada = Contact.objects.get()
    assert (ada.email, ada.attributes) == ("ada@example.com", {"postcode": "01067", "phone": "4915112345678"})
    assert [row.line for row in mending.refused_rows(job)] == [7]
    assert job.options["notes"] == [
        "Hidden sheets are not read: Old.",
        "Only the sheet Sheet is read. Addresses also stand on More.",
        "1 row of the sheet is hidden, by a filter perhaps. They are read like the others.",
        "1 cell holds an error such as #N/A, first in row 4: taken as empty.",
    ]
    assert not list(storage.rglob("*.bin"))


CARDS = """BEGIN:VCARD
VERSION:3.0
N:Lovelace;Ada;King;Lady;
TEL:
TEL:+44 20 1
TEL;TYPE=HOME:+44 20 2
ORG:Smith, Jones & Co; Ltd
item1.EMAIL;TYPE=INTERNET:home@example.com
EMAIL;TYPE=INTERNET;TYPE=PREF:ada@example.com
NOTE:one, two; three\\, four
CATEGORIES:VIP,Blog\\, weekly
ADR;TYPE=HOME:;;Main St. 1;Ulm;;01067;Germany
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=
=BCrgen
EMAIL:juergen@example.com
END:VCARD
"""


def test_vcards_keep_what_stands_behind_a_comma_and_take_the_preferred_address(run: Upload) -> None:
    job = run(CARDS.replace("\n", "\r\n"), "people.vcf")
    ada, juergen = Contact.objects.order_by("email")
    assert (ada.email, ada.name) == ("ada@example.com", "Ada Lovelace")
    assert ada.attributes == {
        "company": "Smith, Jones & Co, Ltd",
        "note": "one, two; three, four",
        "tags": ["VIP", "Blog, weekly"],
        "street": "Main St. 1",
        "city": "Ulm",
        "postcode": "01067",
        "country": "Germany",
        "further_addresses": "home@example.com",
        "phone": "+44 20 1",
    }
    assert juergen.name == "Jürgen Müller"
    assert job.options["notes"][1].startswith("1 card has several addresses")
    assert "Title" not in job.options["header"], "no card has one"
    assert job.options["notes"][2] == "Not taken: further values of Phone (1 card), second names and titles (1 card)."


RARE = """BEGIN:VCARD
VERSION:3.0
UID:1234
PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ
FN:Countess Ada Lovelace
FN;LANGUAGE=de:Gräfin Ada
N:Lovelace;Ada;;;
NICKNAME:Addie
ADR:PO 7;Room 3;Main St. 1;Ulm;;01067;Germany
X-SOCIALPROFILE;type=matrix:@ada:example.com
EMAIL:ada@example.com
BEGIN:VCARD
EMAIL:ben@example.com
NICKNAME:Benny
Something else
END:VCARD
"""


def test_property_that_vcards_seldom_have_is_a_column_to_be_mapped_or_left(
    upload: Upload, run: Upload, client_for: Callable[[User], Client], owner: User
) -> None:
    job = upload(RARE, "people.vcf")
    columns = dict(zip(job.options["header"], Plan.from_json(job.options).columns, strict=True))
    for name in ("Nickname", "Post box", "Address line 2", "X-SOCIALPROFILE"):
        assert columns[name].target == Target.NEW
    notes = " ".join(job.options["notes"])
    assert (
        "In columns of their own, to be mapped below or left: Address line 2 (1 card), Nickname (2 cards),"
        " Post box (1 card), X-SOCIALPROFILE (1 card)." in notes
    )
    assert (
        "Not taken: PHOTO (1 card), UID (1 card), lines that no vCard has (1 card), names as they are written, where"
        " they say more than first and last name (1 card), parts of FN (1 card)." in notes
    )
    assert "Nickname (2 cards)" in client_for(owner).get(job.get_absolute_url()).content.decode()
    done = run(RARE, "people.vcf", columns=tuple((columns | {"Post box": Column()}).values()))
    assert "Nickname (2 cards)" in client_for(owner).get(done.get_absolute_url()).content.decode()
    ada = Contact.objects.get(email="ada@example.com")
    assert ada.attributes["nickname"] == "Addie"
    assert "post_box" not in ada.attributes
    assert Contact.objects.get(email="ben@example.com").attributes == {"nickname": "Benny"}


MAILCHIMP = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LEID,EUID"
EXPORTED = "email_audience_export_8d2.csv"
FILES, SAY = ("subscribed", "unsubscribed", "cleaned"), ("subscribed", "unsubscribed", "bounced")


def mailchimp() -> bytes:
    subscribed = "ada@x.com,Ada,2,2023-01-01,2023-01-01,1,a\nboth@x.com,B,2,2023-01-01,2023-01-01,1,a\n"
    left = "ben@x.com,Ben,2,2023-01-01,2023-01-01,2,b,2024-01-01\nBOTH@x.com,B,2,,,3,c,2024-01-01\n"
    return packed(
        **{
            f"export/subscribed_{EXPORTED}": f"{MAILCHIMP}\n{subscribed}",
            f"export/unsubscribed_{EXPORTED}": f"{MAILCHIMP},UNSUB_TIME\n{left}",
            f"export/cleaned_{EXPORTED}": f"{MAILCHIMP},CLEAN_TIME\nold@x.com,O,1,,2023-01-01,4,d,2024-01-01\n",
            "__MACOSX/x.csv": "junk",
            "read me.pdf": "%PDF",
        }
    )


def test_archive_of_several_files_keeps_what_each_says_of_its_people(run: Upload, news: MailingList) -> None:
    job = run(mailchimp(), "export.zip", lists=(news.pk,))
    told = [f"{name}_{EXPORTED} ({says})" for name, says in zip(FILES, SAY, strict=True)]
    assert job.options["notes"][0] == f"3 files in one: {', '.join(told)}."
    states = {one.contact.email: one.state for one in Subscription.objects.select_related("contact")}
    assert {email for email, state in states.items() if state == "subscribed"} == {"ada@x.com"}
    assert dict(Suppression.objects.values_list("email", "reason")) == {
        "ben@x.com": "unsubscribed",
        "both@x.com": "unsubscribed",
        "old@x.com": "hard_bounce",
    }
    assert job.counts["expected"]["duplicates"] == 1
    assert "Not read: read me.pdf." in job.options["notes"][1]
    assert Contact.objects.get(email="ada@x.com").attributes == {}


def test_file_in_an_archive_of_which_nobody_knows_what_it_says_is_asked_about(upload: Upload) -> None:
    never = f"{MAILCHIMP}\nann@x.com,Ann,2,,,5,e\n"
    asked_for = f"{MAILCHIMP}\nada@x.com,A,2,2023-01-01,2023-01-01,1,a\n"
    job = upload(packed(**{"subscribed_x.csv": asked_for, "members.csv": never}))
    asked = Beginning(job).questions(Plan.from_json(job.options))
    assert [(one.column, one.values) for one in asked] == [("Status by file", (("members", 1),))]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (packed(**{"a.pdf": "x"}), "no table"),
        (packed(**{"a.csv": "Email\n" + "x" * 8_000_000}), "too large"),
        (packed(**{"a.csv": "Email\na@x.com\n"})[:60], "damaged"),
        (packed(**{"[Content_Types].xml": "<x/>"}), "cannot be read"),
    ],
    ids=["no table", "too large", "damaged", "no workbook"],  # bytes of an archive hold the hour
)
def test_what_cannot_be_unpacked_is_said(upload: Upload, content: bytes, words: str) -> None:
    job = upload(content, "people.zip")
    assert job.state == "failed"
    assert words in job.problem
    with pytest.raises(jobs.NotPossible):
        jobs.change(job)


def people(*found: str) -> str:
    return "\n".join(["Email,Name", *(one if "," in one else f"{one}," for one in found), ""])


SIX = people(*(f"{one}@x.org" for one in "abcdef"))


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("Ada L <ada@x.org>, ben@x.org", "Email,Name\nada@x.org,Ada L\nben@x.org,\n"),
        ("Müller, Ada <ada@x.org>; ben@x.org;", 'Email,Name\nada@x.org,"Müller, Ada"\nben@x.org,\n'),
        ("Email\tName\nada@x.org\tAda", None),
        ("email,name\nada@x.org,Ada\nben@x.org,Ben", None),
        ("ada@x.org\nben@x.org", None),
        ("Name,Email,Work email\nAda,ada@x.org,a@work.org\nBen,ben@x.org,b@work.org", None),
        ("Email, Work email\nada@x.org, a@work.org\nben@x.org, b@work.org", None),
        ("ada@x.org;a@work.org;Ada\nben@x.org;b@work.org;Ben", None),
        ("ada@x.org,a@work.org,A\nben@x.org,b@work.org,B", None),
        ("ada@x.org,a@work.org\nben@x.org,b@work.org", people("ada@x.org", "a@work.org", "ben@x.org", "b@work.org")),
        ("a@x.org,b@x.org", people("a@x.org", "b@x.org")),
        ("a@x.org\tb@x.org\nc@x.org\td@x.org", people(*(f"{one}@x.org" for one in "abcd"))),
        ("a@x.org b@x.org\nc@x.org d@x.org", people(*(f"{one}@x.org" for one in "abcd"))),
        ("a@x.org\nb@x.org\nc@x.org\nd@x.org,e@x.org  f@x.org", SIX),
        ("a@x.org, b@x.org; c@x.org | d@x.org\ne@x.org\nf@x.org", SIX),
        ("a@x.org，b@x.org、c@x.org；d@x.org\ne@x.org f@x.org", SIX),
        ("Ana <a@x.org>,Bo <b@x.org>", people("a@x.org,Ana", "b@x.org,Bo")),
        ("Ana <a@x.org> Bo <b@x.org>", people("a@x.org,Ana", "b@x.org,Bo")),
        ("Ana a@x.org\n2. Bo b@x.org", people("a@x.org,Ana", "b@x.org,2. Bo")),
        ("a@x.org (Ana) b@x.org (Bo)", people("a@x.org,Ana", "b@x.org,Bo")),
        ("To: 'Ana' <a@x.org>, mailto:b@x.org", people("a@x.org,Ana", "b@x.org")),
        ("Doe, Ana <a@x.org>, Roe, Bo <b@x.org>", people('a@x.org,"Doe, Ana"', 'b@x.org,"Roe, Bo"')),
        ('"Doe, Ana" <a@x.org>, Bo', people('a@x.org,"Doe, Ana"', "Bo")),
        ("Ana <a@x.org>, b@x.org; c@x.org", people("a@x.org,Ana", "b@x.org", "c@x.org")),
        ("o'brien@x.org, <b@x.org>.", people("o'brien@x.org", "b@x.org")),
        ("Ana,a@x.org\nBo,b@x.org", None),
        ("Ana,a@x.org,Berlin\nBo,b@x.org", None),
        ("Name,Email,Note\nAna,a@x.org,wrote from ana@y.org\nBo,b@x.org,", None),
        ("Ana\ta@x.org\tother@y.org\nBo\tb@x.org\t", None),
        ("BEGIN:VCARD\nFN:Ana\nEMAIL;TYPE=home:a@x.org\nEMAIL:b@x.org\nEND:VCARD", None),
        ("x" * 200_000, None),
        ("Name,Email,Work email\nAda,<ada@x.org>,<a@work.org>", None),
        ("a@x.org,b@x.org,c@x.org\nd@x.org,e@x.org,f@x.org", SIX),
        ("a@x.org;b@x.org;c@x.org\nd@x.org;e@x.org;f@x.org", SIX),
        ("Email,Work,Home\na@x.org,b@x.org,c@x.org", None),
        ("a@x.org,b@x.org,c@x.org,7\nd@x.org,e@x.org,f@x.org,8", None),
        ("ada@x.org, b@x.org\nc@x.org, d@x.org", "Email,Name\nada@x.org,\nb@x.org,\nc@x.org,\nd@x.org,\n"),
        ("ada@x.org,b@x.org,\nc@x.org,d@x.org,", "Email,Name\nada@x.org,\nb@x.org,\nc@x.org,\nd@x.org,\n"),
        (
            "Ada L <ada@x.org>, b@x.org\nC <c@x.org>, d@x.org",
            "Email,Name\nada@x.org,Ada L\nb@x.org,\nc@x.org,C\nd@x.org,\n",
        ),
    ],
)
def test_pasted_addresses_become_rows_and_tables_stay(text: str, table: str | None) -> None:
    assert pasting.as_table(text) == (text if table is None else table)


@pytest.mark.parametrize("mark", ["; ", ", ", " "])
def test_thousands_of_addresses_pasted_as_one_line_are_people(
    client_for: Callable[[User], Client], owner: User, mark: str
) -> None:
    """As a mail program shows those in To."""
    people = [f"reader{number}@mailbox.example" for number in range(6_000)]
    answer = client_for(owner).post("/imports/new/", {"pasted": mark.join(people)}, follow=True)
    assert "What is in Pasted text" in answer.content.decode()
    assert pasting.as_table(mark.join(people)).splitlines()[1:] == [f"{person}," for person in people]


def test_brackets_that_are_never_closed_are_not_searched_to_the_end_for_each_address() -> None:
    begun = time.process_time()
    rows = pasting.as_table("ada@x.org (work " * 20_000).splitlines()
    assert len(rows) == 20_001
    assert rows[1] == "ada@x.org,"
    assert time.process_time() - begun < 4  # 10 s when each was
