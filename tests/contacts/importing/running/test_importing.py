"""Whole imports, from the file to the contacts."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from accounts.models import User
from contacts import audience, consent
from contacts.audience import Audience
from contacts.importing.plan import Column, Plan
from contacts.importing.reading.detecting import Shape
from contacts.importing.running import destinations, jobs, staging, working
from contacts.importing.running.beginning import Beginning, shortened
from contacts.models import ConsentEvent, Contact, Field, ImportJob, MailingList, Subscription, Suppression
from contacts.profile_fields import counting
from tests.contacts.conftest import Upload

pytestmark = pytest.mark.django_db

_LEFT = "unsubscribed"
MAILCHIMP = "Email Address,First Name,Last Name,MEMBER_RATING,LEID,EUID"


def sendable(*lists: MailingList) -> set[str]:
    chosen = Audience(lists=tuple(one.pk for one in lists))
    return {contact.email for contact in audience.sample(chosen, 10_000)}


def refused_rows(job: ImportJob) -> list[list[str]]:
    with default_storage.open(job.refused_storage_name) as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))


def test_people_arrive_with_names_fields_list_and_proof(run: Upload, news: MailingList) -> None:
    job = run(
        f"{MAILCHIMP},NOTES,TAGS,City\n"
        'ada@example.com,Ada,Lovelace,2,1,a,"line one\nline two","""VIP"",""Blog, weekly""",Köln\n'
        "Zoë.Müller@Example.org,Zoë,Müller,2,2,b,,,\n"
        '=cmd@example.net,Grace,"O\'Neill, Jr.",2,3,c,,,\n',
        lists=(news.pk,),
        consent_text="Form at example.com",
    )
    assert job.state == "done"
    ada = Contact.objects.get(email="ada@example.com")
    assert (ada.name, ada.attributes) == ("Ada Lovelace", {"tags": ["VIP", "Blog, weekly"], "city": "Köln"})
    assert Contact.objects.get(last_name="O'Neill, Jr.").email == "=cmd@example.net"
    assert sendable(news) == {"ada@example.com", "Zoë.Müller@example.org", "=cmd@example.net"}
    assert ada.consent_events.get().text == "They signed up through a form. Form at example.com"
    assert Field.objects.get(key="city").label == "City"
    assert ada.source == "Import of people.csv"


def test_the_proof_that_the_other_system_kept_is_kept_beside_each_person(run: Upload, news: MailingList) -> None:
    run(
        f"{MAILCHIMP},OPTIN_TIME,OPTIN_IP,CONFIRM_TIME\n"
        "ada@example.com,Ada,,2,1,a,2019-03-04 10:00:00,192.0.2.7,2019-03-04 10:05:00\n"
        "ben@example.com,Ben,,2,2,b,,,2020-01-02 11:00:00\n",
        lists=(news.pk,),
        consent_text="Form at example.com",
    )
    said = "They signed up through a form. Form at example.com. "
    assert {event.contact.email: event.text for event in ConsentEvent.objects.select_related("contact")} == {
        "ada@example.com": f"{said}OPTIN_TIME: 2019-03-04 10:00:00; OPTIN_IP: 192.0.2.7; "
        "CONFIRM_TIME: 2019-03-04 10:05:00",
        "ben@example.com": f"{said}CONFIRM_TIME: 2020-01-02 11:00:00",
    }


def test_when_and_why_somebody_left_the_other_system_is_kept(run: Upload, news: MailingList) -> None:
    known = Contact.objects.create(email="ada@example.com")
    run(
        f"{MAILCHIMP},UNSUB_TIME,UNSUB_REASON\nada@example.com,Ada,,2,1,a,2023-05-06 07:08:09,NORMAL\n",
        lists=(news.pk,),
    )
    kept = "Import of people.csv. UNSUB_TIME: 2023-05-06 07:08:09; UNSUB_REASON: NORMAL"
    assert Suppression.objects.get().detail == kept
    assert known.consent_events.get(kind="withdrawn").text == kept


def test_what_an_earlier_version_had_checked_is_read_again(check: Upload, news: MailingList) -> None:
    job = check("Email,created_at\nada@example.com,2019-03-04\n", lists=(news.pk,))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE contacts_import_{job.pk} DROP COLUMN told")
    jobs.start(job)
    working.work(job.pk)
    assert ConsentEvent.objects.get().text.endswith("created_at: 2019-03-04")


def test_the_check_foretells_what_the_run_does_and_changes_nothing(check: Upload, news: MailingList) -> None:
    known = Contact.objects.create(email="known@example.com", first_name="Old")
    Contact.objects.create(email="same@example.com", first_name="Same")
    left = Contact.objects.create(email="left@example.com")
    consent.subscribe(left, lists=[news.pk], channel="setup")
    consent.unsubscribe(left, lists=[news.pk], channel="page")
    consent.suppress("blocked@example.com", Suppression.Reason.MANUAL)
    job = check(
        "Email,First name\nknown@example.com,New\nsame@example.com,Same\nleft@example.com,\nfresh@example.com,F\n"
        "blocked@example.com,B\nFRESH@example.com,F\nnonsense,N\nada@gmial.com,A\n",
        lists=(news.pk,),
        mode="overwrite",
    )
    expected = job.counts["expected"]
    assert expected == {
        "rows": 8,
        "new": 2,
        "updated": 1,
        "unchanged": 2,
        "duplicates": 1,
        "invalid": 2,
        "suppressed": 1,
        "unsubscribed": 1,
        "leaving": 0,
        "unconfirmed": 0,
    }
    known.refresh_from_db()
    assert known.first_name == "Old"
    assert Contact.objects.count() == 3
    jobs.start(job)
    working.work(job.pk)
    job.refresh_from_db()
    done = job.counts["done"]
    assert {name: done[name] for name in done if name != "joined"} == {
        name: expected[name] for name in done if name != "joined"
    }
    assert sendable(news) == {"known@example.com", "same@example.com", "fresh@example.com"}


def test_refused_rows_come_back_as_a_file_to_mend(check: Upload) -> None:
    job = check("Email,Name\nok@example.com,A\nada@gmial.com,=HYPERLINK(1)\nnobody,C\nOK@example.com,D\n")
    assert refused_rows(job) == [
        ["Line", "Reason", "Suggestion", "Email", "Name"],
        ["3", "The domain looks misspelt.", "ada@gmail.com", "ada@gmial.com", "'=HYPERLINK(1)"],
        ["4", "An address has an @ in it.", "", "nobody", "C"],
        ["5", "The same address as in line 2.", "", "OK@example.com"],
    ]
    assert job.counts["reasons"] == {"The domain looks misspelt.": 1, "An address has an @ in it.": 1}


@pytest.mark.parametrize("mode", ["fill", "overwrite", "new"])
def test_nobody_who_left_is_subscribed_again(run: Upload, news: MailingList, mode: str) -> None:
    other = MailingList.objects.create(name="Other")
    for name in ("list", "all", "bounced", "complained"):
        contact = Contact.objects.create(email=f"{name}@example.com")
        consent.subscribe(contact, lists=[news.pk], channel="setup")
    consent.unsubscribe(Contact.objects.get(email="list@example.com"), lists=[news.pk], channel="page")
    consent.unsubscribe(Contact.objects.get(email="all@example.com"), lists=None, channel="page")
    consent.suppress("bounced@example.com", Suppression.Reason.HARD_BOUNCE)
    consent.suppress("complained@example.com", Suppression.Reason.COMPLAINT)
    text = "Email,Status\n" + "".join(f"{n}@EXAMPLE.com,subscribed\n" for n in ("list", "all", "bounced", "complained"))
    run(text, lists=(news.pk,), mode=mode)
    assert sendable(news) == set()
    run(text, lists=(other.pk,), mode=mode)
    assert sendable(other) == {"list@example.com"}  # it left News, never Other
    assert Suppression.objects.count() == 3


@pytest.mark.parametrize(
    ("text", "gone", "reason"),
    [
        (f"{MAILCHIMP},UNSUB_TIME,UNSUB_REASON\na@x.com,,,2,1,a,2024,NORMAL\n", "a@x.com", "unsubscribed"),
        (f"{MAILCHIMP},CLEAN_TIME\na@x.com,,,2,1,a,2024\n", "a@x.com", "hard_bounce"),
        ("EMAIL;EMAIL_BLACKLISTED\nok@x.com;No\na@x.com;Yes\n", "a@x.com", "unsubscribed"),
        (
            "email,active_subscription,email_disabled\nok@x.com,false,false\na@x.com,true,true\n",
            "a@x.com",
            "unsubscribed",
        ),
        ("uuid,email,attributes,status\n1,ok@x.com,{},enabled\n2,a@x.com,{},blocklisted\n", "a@x.com", "unsubscribed"),
        ("email,created_at,status\nok@x.com,x,active\na@x.com,x,cancelled\n", "a@x.com", "unsubscribed"),
        ("email,created_at,status\nok@x.com,x,active\na@x.com,x,complained\n", "a@x.com", "complaint"),
        ("email,created_at,status\nok@x.com,x,active\na@x.com,x,bounced\n", "a@x.com", "hard_bounce"),
    ],
)
def test_who_left_the_other_system_never_gets_mail_here(
    run: Upload, news: MailingList, text: str, gone: str, reason: str
) -> None:
    run(text, lists=(news.pk,))
    assert sendable(news) <= {"ok@x.com"}
    assert dict(Suppression.objects.values_list("email", "reason")) == {gone: reason}
    run("email\na@x.com\n", lists=(news.pk,))
    assert gone not in sendable(news)


def test_who_left_the_other_system_leaves_here_with_proof(run: Upload, news: MailingList) -> None:
    ada = Contact.objects.create(email="ada@example.com")
    consent.subscribe(ada, lists=[news.pk], channel="setup")
    job = run("Email,Status\nada@example.com,unsubscribed\n")
    assert job.counts["done"]["leaving"] == 1
    assert ada.subscriptions.get().state == "unsubscribed"
    assert ada.consent_events.latest("id").kind == ConsentEvent.Kind.WITHDRAWN


def test_the_gravest_of_two_rows_counts(run: Upload, news: MailingList) -> None:
    run("Email,Status\nada@example.com,subscribed\nADA@example.com,unsubscribed\n", lists=(news.pk,))
    assert sendable(news) == set()


def test_unconfirmed_people_stay_so(run: Upload, news: MailingList) -> None:
    run("Email,Status\nada@example.com,unconfirmed\n", lists=(news.pk,))
    assert Subscription.objects.get().state == "unconfirmed"
    assert sendable(news) == set()


def test_the_report_counts_whoever_has_not_confirmed(
    run: Upload, client: Client, marketer: User, news: MailingList
) -> None:
    consent.suppress("dan@example.com", Suppression.Reason.MANUAL)
    job = run(
        "Email,Status\nada@example.com,active\nben@example.com,unconfirmed\ncy@example.com,pending\n"
        "dan@example.com,unconfirmed\neve@example.com,unsubscribed\n",
        lists=(news.pk,),
    )
    done = job.counts["done"]
    assert [done[name] for name in ("joined", "unconfirmed", "suppressed", "leaving")] == [1, 2, 1, 1]
    client.force_login(marketer)
    page = " ".join(client.get(job.get_absolute_url()).content.decode().split())
    assert 'Not confirmed, says the file</dt><dd>2 <span class="muted">get no mail before they agree here' in page


@pytest.mark.parametrize(
    ("mode", "first", "last", "attributes"),
    [
        ("fill", "Old", "New", {"city": "Old", "shop": "New"}),
        ("overwrite", "New", "New", {"city": "New", "shop": "New"}),
        ("new", "Old", "", {"city": "Old"}),
    ],
)
def test_known_people_change_as_was_chosen(
    run: Upload, mode: str, first: str, last: str, attributes: dict[str, str]
) -> None:
    Contact.objects.create(email="Ada@example.com", first_name="Old", attributes={"city": "Old"})
    run("Email,First name,Last name,City,Shop\nada@example.com,New,New,New,New\n", mode=mode)
    ada = Contact.objects.get()
    assert (ada.email, ada.first_name, ada.last_name, ada.attributes) == ("Ada@example.com", first, last, attributes)


def test_an_empty_cell_never_deletes_anything(run: Upload) -> None:
    Contact.objects.create(email="ada@example.com", first_name="Ada", language="de", attributes={"city": "Köln"})
    job = run("Email,First name,Language,City\nada@example.com,,,\nx@example.com,,,Ulm\n", mode="overwrite")
    ada = Contact.objects.get(email="ada@example.com")
    assert (ada.first_name, ada.language, ada.attributes) == ("Ada", "de", {"city": "Köln"})
    assert job.counts["done"]["unchanged"] == 1


@pytest.mark.parametrize("mode", ["fill", "overwrite", "new"])
def test_tags_are_added_and_never_taken_away(run: Upload, mode: str) -> None:
    Contact.objects.create(email="ada@example.com", attributes={"tags": ["old"]})
    run('Email,Tags\nada@example.com,"vip, old"\nben@example.com,\n', mode=mode, tags=("spring",))
    ada, ben = Contact.objects.order_by("email")
    assert ada.attributes == {"tags": ["old", "vip", "spring"]}
    assert ben.attributes == {"tags": ["spring"]}


def test_new_field_of_choices_offers_what_the_file_has(run: Upload) -> None:
    columns = (Column("email"), Column("new", key="music", label="Music", kind="choices"))
    run('Email,Music\na@x.com,"Jazz, Rock"\nb@x.com,rock\n', columns=columns)
    field = Field.objects.get()
    assert (field.kind, field.options) == ("choices", ["Jazz", "Rock"])
    assert Contact.objects.get(email="b@x.com").attributes == {"music": ["Rock"]}


def test_choice_in_two_spellings_is_one_choice(run: Upload) -> None:
    Field.objects.create(key="format", label="Format", kind="choice", options=["Book"])
    Field.objects.create(key="music", label="Music", kind="choices", options=["Jazz"])
    columns = (Column("email"), Column("field", key="format"), Column("field", key="music"))
    run('Email,Format,Music\na@x.com,BOOK,"jazz, Rock, rock"\nb@x.com,Vinyl,ROCK\nc@x.com,vinyl,\n', columns=columns)
    found = Contact.objects.order_by("email").values_list("attributes", flat=True)
    assert list(found) == [
        {"format": "Book", "music": ["Jazz", "Rock"]},
        {"format": "Vinyl", "music": ["Rock"]},
        {"format": "Vinyl"},
    ]
    Contact.objects.create(email="d@x.com", attributes={"format": "VINYL", "music": ["jAzz"]})  # by an older import
    counting.count()
    assert dict(Field.objects.values_list("key", "options")) == {"format": ["Book", "Vinyl"], "music": ["Jazz", "Rock"]}


def test_offices_and_throw_away_addresses_are_counted_and_left_out_where_chosen(run: Upload) -> None:
    wanted = "".join(f"{one},active\n" for one in ("info@example.com", "a@mailinator.com", "ada@example.com"))
    text = f"Email,Status\n{wanted}Sales+x@example.com,bounced\n"
    job = run(text)
    assert job.counts["suspects"] == {"roles": 2, "disposable": 1}
    assert Contact.objects.count() == 4
    Contact.objects.all().delete()
    job = run(text, leaves_out_roles=True, leaves_out_disposable=True)
    assert set(Contact.objects.values_list("email", flat=True)) == {"ada@example.com", "Sales+x@example.com"}
    assert job.counts["reasons"] == {
        "It is the address of an office, not of a person.": 1,
        "It is an address made to be thrown away.": 1,
    }


def test_last_row_of_somebody_counts_where_chosen_and_the_gravest_word_always(run: Upload, news: MailingList) -> None:
    text = "Email,First name,Status\nada@example.com,Old,unsubscribed\nADA@example.com,New,subscribed\n"
    run(text, lists=(news.pk,), repeated="last")
    assert Contact.objects.get().first_name == "New"
    assert sendable(news) == set()


def test_second_run_of_the_same_file_changes_nothing(run: Upload, news: MailingList) -> None:
    text = "Email,First name,City\n" + "".join(f"p{n}@example.com,P,Ulm\n" for n in range(50))
    run(text, lists=(news.pk,))
    before = ConsentEvent.objects.count()
    job = run(text, lists=(news.pk,), mode="overwrite")
    assert job.counts["done"] | {"new": 0, "updated": 0, "unchanged": 50, "joined": 0} == job.counts["done"]
    assert ConsentEvent.objects.count() == before


def test_json_of_listmonk_becomes_fields_that_mails_can_use(run: Upload) -> None:
    run('uuid,email,name,attributes,status\n1,a@x.com,A B,"{""city"": ""Ulm"", ""good"": true, ""n"": 2}",enabled\n')
    assert dict(Field.objects.values_list("key", "kind")) == {"city": "text", "good": "boolean", "n": "number"}


def test_lists_objects_and_days_within_json_become_fields_too(run: Upload) -> None:
    run(
        "email,attributes\n"
        'a@x.com,"{""address"": {""zip"": ""01067"", ""geo"": {""lat"": 51.05}}, ""likes"": [""Jazz"", ""jazz"", 7]}"\n'
        'b@x.com,"{""likes"": [""Rock""], ""since"": ""2020-03-04"", ""until"": ""2020-03-04"", '
        '""things"": [{""a"": 1}]}"\n'
        'c@x.com,"{""until"": ""for ever"", ""address"": {}, ""tags"": [""VIP""]}"\n'
    )
    assert {field.key: (field.kind, field.options) for field in Field.objects.all()} == {
        "address_zip": ("text", []),
        "address_geo_lat": ("number", []),
        "likes": ("choices", ["Jazz", "7", "Rock"]),
        "since": ("date", []),
        "until": ("text", []),
    }
    values = {contact.email: contact.attributes for contact in Contact.objects.all()}
    assert values["a@x.com"] == {"address_zip": "01067", "address_geo_lat": 51.05, "likes": ["Jazz", "7"]}
    assert values["b@x.com"]["things"] == [{"a": 1}], "kept, though no field can hold it"
    assert values["c@x.com"] == {"until": "for ever", "tags": ["VIP"]}


def test_sample_person_who_is_imported_is_no_sample_any_more(run: Upload) -> None:
    Contact.objects.create(email="ada@example.com", is_sample=True)
    run("Email\nada@example.com\n")
    assert not Contact.objects.get().is_sample


def test_file_is_gone_afterwards_and_the_report_stays(run: Upload, storage: Path) -> None:
    job = run("Email\na@example.com\nnonsense\n")
    assert not default_storage.exists(job.storage_name)
    assert default_storage.exists(job.refused_storage_name)
    assert staging.size(job.pk) is None


def test_cancelled_import_keeps_what_it_did_and_does_no_more(check: Upload, monkeypatch: Any) -> None:
    monkeypatch.setattr(working, "SLICE", 10)
    job = check("Email\n" + "".join(f"p{n}@example.com\n" for n in range(30)))
    jobs.start(job)
    plan = Plan.from_json(job.options)
    working._merge_slice(job, plan, 10, destinations.of(job, plan))
    jobs.cancel(ImportJob.objects.get(pk=job.pk))
    working.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows_done, Contact.objects.count()) == ("cancelled", 10, 10)
    with pytest.raises(jobs.NotPossible):
        jobs.cancel(job)


def test_columns_can_be_changed_after_the_check(check: Upload) -> None:
    job = check("Email,First name\na@example.com,A\nnonsense,B\n")
    refused = job.refused_storage_name
    jobs.change(job)
    assert (job.state, default_storage.exists(refused)) == ("uploaded", False)
    plan = Plan.from_json(job.options)
    jobs.check(job, plan.change(columns=(Column("email"), Column("last_name"))))
    working.work(job.pk)
    job.refresh_from_db()
    jobs.start(job)
    working.work(job.pk)
    assert Contact.objects.get().last_name == "A"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"columns": (Column("first_name"),)}, "which column holds"),
        ({"columns": (Column("email"), Column("email"))}, "Two columns"),
        ({"columns": (Column("email"), Column("new", key="a"), Column("field", key="a"))}, "Two columns"),
        ({"consent_source": ""}, "how these people agreed"),
    ],
)
def test_what_is_not_decided_is_asked_for(upload: Upload, changes: dict[str, Any], message: str) -> None:
    job = upload("Email\na@example.com\n")
    with pytest.raises(jobs.NotPossible, match=message):
        jobs.check(job, Plan.from_json(job.options).change(**{"consent_source": "form"} | changes))
    assert job.state == "uploaded"


def test_another_encoding_can_be_chosen(upload: Upload) -> None:
    job = upload("Email;Prénom\na@example.com;Zoë\n".encode("cp1252"))
    jobs.reread(job, Shape("mac_roman", ";", True))
    assert job.options["header"][1] != "Prénom"
    jobs.reread(job, Shape("cp1252", ";", True))
    assert job.options["header"] == ["Email", "Prénom"]


def test_what_was_decided_holds_however_the_file_is_read(upload: Upload) -> None:
    job = upload("Email;Prénom\na@example.com;Zoë\n".encode("cp1252"))
    decided: dict[str, Any] = {"mode": "overwrite", "tags": ("fair",), "repeated": "last", "legal_basis": "interest"}
    decided |= {"months": 12, "leaves_out_roles": True, "leaves_out_disposable": True}
    job.options |= Plan.from_json(job.options).change(**decided).to_json()
    jobs.reread(job, Shape("cp1252", ";", True))
    plan = Plan.from_json(job.options)
    assert {name: getattr(plan, name) for name in decided} == decided


def test_preview_shows_what_each_row_becomes(upload: Upload) -> None:
    Field.objects.create(key="city", label="City", kind="choice", options=["Ulm"])
    job = upload("Email,Name,City\na@example.com,A B,ULM\nnonsense,C,\n" + "x@example.com,,\n" * 40)
    rows = Beginning(job).preview(Plan.from_json(job.options))
    assert len(rows) == 20
    assert rows[0].person is not None
    assert (rows[0].person.first_name, rows[0].further) == ("A", ["Ulm"])
    assert rows[1].problem is not None
    assert (rows[1].line, rows[1].problem.reason) == (3, "An address has an @ in it.")
    assert rows[1].in_short == ["nonsense", "C"]


def test_a_refused_row_is_shown_by_the_first_of_its_cells() -> None:
    assert shortened(["a", "", "b" * 90, "c"]) == ["a", f"{'b' * 79}…"]
    assert shortened(["a" * 80, "b"]) == ["a" * 80, "…"]
    assert shortened(["a" * 80, ""]) == ["a" * 80]


def test_preview_shows_some_of_whom_the_file_says_something_else_however_far_down(upload: Upload) -> None:
    agreed = "".join(f"in{n}@example.com,subscribed\n" for n in range(30))
    job = upload(f"Email,Status\n{agreed}" + "".join(f"out{n}@example.com,unsubscribed\n" for n in range(5)))
    rows = [row.person.email for row in Beginning(job).preview(Plan.from_json(job.options)) if row.person]
    assert rows[19:] == ["in19@example.com", "out0@example.com", "out1@example.com"]


def test_who_imported_is_kept(check: Upload, news: MailingList, marketer: User) -> None:
    job = check("Email\na@example.com\n", lists=(news.pk,))
    ImportJob.objects.filter(pk=job.pk).update(created_by=marketer)
    job.refresh_from_db()
    jobs.start(job)
    working.work(job.pk)
    assert ConsentEvent.objects.get().by == marketer
