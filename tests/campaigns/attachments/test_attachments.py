"""Files go along with a mail, in it or by a link: right as mail, no larger than its way out takes, and removable."""

import asyncio
import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.egress.allowed import Allowed
from accounts.models import User
from accounts.pictures import files as stored
from campaigns.attachments import allowed, attaching, weight
from campaigns.attachments.models import Attachment
from campaigns.content import blocks
from campaigns.message import editions, preview
from campaigns.message.compiled import CompiledEdition, link_targets
from campaigns.models import Campaign, Edition
from campaigns.multilingual import changing
from campaigns.preflight import attached, checklist
from campaigns.sample_data import samples
from campaigns.sending import launching
from delivery import staff_mail
from delivery.models import Batch, Provider
from delivery.transports import size_limits
from delivery.transports.api import arrival, catalogue
from tests import sink
from tests.campaigns import letters, mails
from tests.campaigns.attachments.files import BAD, GOOD, PDF
from tests.delivery.engine.api.test_services import through
from tests.delivery.engine.api.web import Web
from tests.running import free_port

Browser = Callable[[User], Client]
GERMAN = "Veranstaltungsübersicht für das große Hafenfest im nächsten Sommer – Programm und Preise.pdf"


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]


@pytest.fixture
def draft(marketer: User) -> Campaign:
    return letters.draft(marketer, letters.readers("Ana", "Ben"))


def add(draft: Campaign, name: str = "a.pdf", data: bytes = PDF, *, linked: bool = False) -> Attachment:
    by = draft.created_by
    assert by
    return attaching.add(draft, BytesIO(data), name, is_linked=linked, by=by)


@pytest.mark.parametrize("how", ["the bar", "a launch"])
def test_people_are_counted_once_also_for_what_attachments_make_of_all_mails(
    how: str, draft: Campaign, marketer: User, client_for: Browser
) -> None:
    add(draft)
    browser = client_for(marketer)
    with CaptureQueriesContext(connection) as asked:
        if how == "a launch":
            launching.launch(draft, by=marketer)
        else:
            assert browser.get(f"/campaigns/{draft.pk}/ready/").status_code == 200
    assert sum("WITH place AS" in query["sql"] for query in asked.captured_queries) == 1


def built(draft: Campaign) -> bytes:
    edition = editions.freeze(draft)
    edition.pk = 3
    ids = range(1, 1 + len(link_targets(edition)))
    return CompiledEdition(edition, batch_id=9, lists=(4,), link_ids=ids).build(mails.recipient(first_name="Ana"))


def read(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert not list(_defects(found))
    return found


def _defects(message: EmailMessage) -> list[object]:
    return [defect for part in message.walk() for defect in part.defects]


@pytest.mark.parametrize("name", GOOD)
def test_files_of_the_kinds_taken_are_known_by_what_is_in_them(name: str) -> None:
    assert allowed.media_type(name, GOOD[name]).partition("/")[2]


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_such_file_is_refused(name: str) -> None:
    with pytest.raises(allowed.Refused):
        allowed.media_type(name, BAD[name])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\List.csv", "List.csv"),
        ('a"\r\nBcc: x.pdf', "a Bcc x.pdf"),
        ("prices\u202efdp.pdf", "prices fdp.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert allowed.clean_name(given) == kept


def test_the_mail_is_mixed_around_its_words_and_each_file_is_whole(draft: Campaign) -> None:
    without = read(built(draft))
    add(draft, GERMAN)
    add(draft, "prices, 2026.csv", GOOD["a.csv"])
    raw = built(draft)
    assert all(len(line) <= 76 for line in raw.partition(b"\r\n\r\n")[2].split(b"\r\n"))
    message = read(raw)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
        "text/csv",
    ]
    pdf, csv = message.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == (GERMAN, PDF)
    assert (csv.get_filename(), csv.get_payload(decode=True)) == ("prices, 2026.csv", GOOD["a.csv"])
    for kind in ("plain", "html"):
        same, before = message.get_body((kind,)), without.get_body((kind,))
        assert same
        assert before
        assert same.get_content() == before.get_content()
    assert message["List-Unsubscribe"]
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(line.startswith(b".") for line in lines)
    assert raw.isascii()
    assert raw.endswith(b"--\r\n")


def test_without_attachments_a_mail_is_as_it_was(draft: Campaign) -> None:
    assert read(built(draft)).get_content_type() == "multipart/alternative"
    add(draft, linked=True)
    assert read(built(draft)).get_content_type() == "multipart/alternative"


def test_attachments_are_encoded_once_for_an_edition(draft: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    add(draft)
    reads = list[str]()
    original = stored.read

    def noted(path: str) -> bytes:
        reads.append(path)
        return original(path)

    monkeypatch.setattr(stored, "read", noted)
    edition = editions.freeze(draft)
    edition.pk = 3
    ids = range(1, 1 + len(link_targets(edition)))
    compiled = CompiledEdition(edition, batch_id=9, lists=(4,), link_ids=ids)
    for tracked in (True, False, True):
        for name in ("Ana", "Ben"):
            compiled.build(mails.recipient(tracked=tracked, first_name=name))
    assert len(reads) == 1


def test_it_arrives_whole_through_a_mail_server_whose_limit_is_learnt(
    draft: Campaign, tmp_path: Path, organisation: object
) -> None:
    """By a real connection."""
    add(draft, GERMAN)
    port, kept = free_port(), tmp_path / "kept"
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.sink", str(port), str(kept)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout
        assert server.stdout.readline() == "listening\n"
        relay = Provider.objects.create(name="Relay", host="127.0.0.1", port=port, security="none")
        assert size_limits.of(relay) == 0
        raw = built(draft)
        outcome = staff_mail.send_raw_through(relay, raw, sender="news@nordlicht.example", to="ana@example.org")
        assert outcome.problem == ""
        ((to, message),) = sink.kept(kept)
        assert to == "ana@example.org"
        (pdf,) = message.iter_attachments()
        assert (pdf.get_filename(), pdf.get_content()) == (GERMAN, PDF)
        assert size_limits.of(relay) == 10_485_760
    finally:
        server.terminate()
        server.wait(60)
        if server.stdout:
            server.stdout.close()


def test_a_mail_that_is_sent_on_keeps_its_files_through_a_service_that_is_told_fields(
    draft: Campaign, organisation: object, settings: Any
) -> None:
    """A test mail, or one of the sandbox, also with another mail in it."""
    add(draft, GERMAN)
    settings.EGRESS_ALLOW = Allowed.read("127.0.0.1")
    forwarding = EmailMessage()
    forwarding["From"], forwarding["To"], forwarding["Subject"] = "news@nordlicht.example", "ana@example.org", "Fwd"
    forwarding.set_content("See below.")
    forwarding.add_attachment(read(built(draft)), filename="news.eml")
    forwarding.add_attachment(b"a;b", "text", "csv")
    hand_over = partial(staff_mail.send_raw_through, sender="news@nordlicht.example", to="ana@example.org")
    with closing(Web("sendgrid")) as web:
        provider = through(web)
        for raw in (built(draft), forwarding.as_bytes(policy=policy.SMTP)):
            assert hand_over(provider, raw).problem == ""
    sent, forwarded = web.got
    assert sent.files == {GERMAN: PDF}
    (pdf,) = read(forwarded.files["news.eml"]).iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == (GERMAN, PDF)
    assert forwarded.files["attachment"] == b"a;b"


@pytest.mark.parametrize("service", [key for key, listed in catalogue.services().items() if not listed.takes_whole])
def test_services_that_are_told_fields_are_told_the_attachments(service: str, db: None) -> None:
    listed = catalogue.services()[service]
    options = {entry.name: "x" for entry in listed.options}
    provider = Provider(name="Api", kind=Provider.Kind.API, service=service, host="api.example.org", port=443)
    provider.options, provider.security, provider.username, provider.password = options, "tls", "user", "key"
    (row,) = [row for row in arrival.table(provider) if row.part == "Attachments"]
    assert row.arrives, row.words


def test_a_mail_larger_than_its_way_out_takes_is_not_launched(draft: Campaign, owner: User) -> None:
    host = f"{secrets.token_hex(6)}.example"  # what is learnt of a server is kept for longer than a test
    relay = Provider.objects.create(name="Relay", host=host, port=25, security="none")
    Campaign.objects.filter(pk=draft.pk).update(provider=relay)
    draft.refresh_from_db()
    add(draft, data=b"%PDF-" + b"x" * 3_000_000)
    assert "attachments-heavy" in {found.code: found.text for found in checklist.check(draft)}
    asyncio.run(size_limits.note(host, 25, {"SIZE": "4000000"}))
    (found,) = [found for found in checklist.check(draft) if found.card == "attachments"]
    assert (found.level, found.code) == ("block", "attachments-too-large")
    assert "4.1\N{NO-BREAK SPACE}MB, and Relay takes 4.0\N{NO-BREAK SPACE}MB at most" in found.text
    with pytest.raises(launching.NotReady):
        launching.launch(draft, by=owner)
    attaching.give_link(Attachment.objects.get(), is_linked=True)
    assert not [found for found in checklist.check(draft) if found.card == "attachments"]


def test_encoded_files_are_a_good_third_larger() -> None:
    size = 1_500_000
    assert 4 / 3 < weight.encoded(size) / size < 1.4
    assert weight.in_words(25_200_000_000) == "25\N{NO-BREAK SPACE}GB"
    assert weight.in_words(2_100_000) == "2.1\N{NO-BREAK SPACE}MB"


def test_the_most_that_mailboxes_take_counts_the_mail_as_it_stands(draft: Campaign, marketer: User) -> None:
    own = preview.bytes_sent(draft)
    assert own is not None
    lines = (attaching.MOST_OF_A_MAIL - own - weight.encoded(len(PDF)) - 500) // 78  # of base64
    Attachment.objects.create(campaign=draft, name="a.pdf", media_type="application/pdf", size_bytes=lines * 57)
    attaching.add(draft, BytesIO(PDF), "c.pdf", is_linked=False, by=marketer).delete()
    longer = {"kind": "text", "html": f"<p>{'words ' * 200}</p>"}
    draft.blocks = blocks.validate({"blocks": [*draft.blocks["blocks"], longer]})
    draft.save()
    with pytest.raises(allowed.Refused, match="With it a mail would have"):
        attaching.add(draft, BytesIO(PDF), "c.pdf", is_linked=False, by=marketer)


def test_more_than_mailboxes_take_is_refused_at_once(draft: Campaign) -> None:
    add(draft, data=b"%PDF-" + b"x" * 9_000_000)
    with pytest.raises(allowed.Refused, match="Give a link to it instead"):
        add(draft, data=b"%PDF-" + b"x" * 7_000_000)
    add(draft, data=b"%PDF-" + b"x" * 7_000_000, linked=True)
    with pytest.raises(allowed.Refused, match="larger than 10 MB"):
        add(draft, data=b"%PDF-" + b"x" * 10_000_000)


def test_the_calendar_file_follows_its_event_and_opens_at_the_right_hour_in_two_parsers(
    draft: Campaign, owner: User
) -> None:
    event = {"id": "fair", "kind": "event", "text": "Harbour day", "day": "2026-03-29", "begins": "17:00"}
    draft.blocks = blocks.validate({"blocks": [event, *draft.blocks["blocks"]]})
    draft.save()
    attaching.add_event(draft, "fair", by=owner)
    draft.blocks["blocks"][0]["begins"] = "19:00"
    draft.save()
    (part,) = read(built(draft)).iter_attachments()
    assert part.get_content_type() == "text/calendar"
    assert (part.get_param("method"), part.get_filename()) == ("PUBLISH", "Harbour day.ics")
    words = part.get_payload(decode=True)
    assert isinstance(words, bytes)
    begins = datetime(2026, 3, 29, 17, 0, tzinfo=UTC)  # 19:00 on the day when clocks go forward in Berlin
    assert icalendar.Calendar.from_ical(words).walk("VEVENT")[0].decoded("dtstart") == begins
    assert vobject.readOne(words.decode()).vevent.dtstart.value == begins
    draft.blocks = blocks.validate({"blocks": draft.blocks["blocks"][1:]})
    draft.save()
    assert "event-gone" in [found.code for found in checklist.check(draft) if found.level == "block"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fair 2026/27", "Fair 2026 27.ics"),
        ("Concert / reading", "Concert reading.ics"),
        ("A\\B: at 3 p.m.", "A B at 3 p.m..ics"),
    ],
)
def test_the_calendar_file_is_called_by_the_whole_title(title: str, name: str, draft: Campaign, owner: User) -> None:
    event = {"id": "fair", "kind": "event", "text": title, "day": "2026-03-29"}
    draft.blocks = blocks.validate({"blocks": [event, *draft.blocks["blocks"]]})
    draft.save()
    assert attaching.add_event(draft, "fair", by=owner).name == name


def test_what_was_launched_keeps_its_files_whatever_becomes_of_the_draft(
    draft: Campaign, owner: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    add(draft)
    copy, spare = (launching.duplicate(draft, by=owner) for _ in range(2))
    launching.launch(draft, by=owner)
    edition = Edition.objects.get(campaign=draft)
    draft.attachments.all().delete()  # so that the frozen mail alone has it
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        attaching.remove(copy.attachments.get(), by=owner)
        launching.delete_draft(spare, by=owner)
    assert stored.read(edition.attachments[0]["path"]) == PDF
    Edition.objects.all().delete()
    other = add(copy)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        attaching.remove(other, by=owner)
    with pytest.raises(FileNotFoundError):
        stored.read(other.path)


def test_a_linked_file_is_a_download_for_whoever_has_the_link_until_it_is_removed(
    draft: Campaign, owner: User, marketer: User, client_for: Browser
) -> None:
    browser, page = client_for(marketer), f"/campaigns/{draft.pk}/files/"
    upload = SimpleUploadedFile(GERMAN, PDF)
    shown = browser.post(page, {"file": upload, "way": "link"}, follow=True).content.decode()
    assert "Put a button into" in shown
    found = Attachment.objects.get()
    assert len(found.public_name) == 22
    url = f"/d/{found.public_name}"
    response = Client().get(url)
    assert b"".join(response) == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith(
        "attachment; filename*=utf-8''Veranstaltungs%C3%BCbersicht"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    browser.post(f"{page}{found.pk}/", {"act": "button"})
    draft.refresh_from_db()
    assert [block["kind"] for block in draft.blocks["blocks"]][-2:] == ["button", "footer"]
    assert f"https://news.nordlicht.example{url}" in editions.compose(draft).html
    launching.launch(draft, by=owner)
    browser.post(f"{page}{found.pk}/", {"act": "remove"})
    assert Client().get(url).status_code == 404


def test_removing_ends_the_link_in_every_copy_and_says_so(
    draft: Campaign, owner: User, marketer: User, client_for: Browser
) -> None:
    found = add(draft, linked=True)
    url = f"/d/{found.public_name}"
    copy = launching.duplicate(draft, by=owner)
    attached_there = launching.duplicate(draft, by=owner).attachments.get()
    attaching.give_link(attached_there, is_linked=False)
    launching.launch(draft, by=owner)
    browser, page = client_for(marketer), f"/campaigns/{draft.pk}/files/"
    assert "1 other campaign has the same link" in " ".join(browser.get(page).content.decode().split())
    shown = browser.post(f"{page}{found.pk}/", {"act": "remove"}, follow=True).content.decode()
    assert "a.pdf is gone, also from 1 other campaign with the same link." in shown
    assert Client().get(url).status_code == 404
    assert not copy.attachments.exists()
    attaching.give_link(attached_there, is_linked=True)
    assert Client().get(url).status_code == 404, "an address that was taken away stays away"
    assert b"".join(Client().get(f"/d/{attached_there.public_name}")) == PDF


def test_files_of_a_campaign_that_was_launched_meanwhile_stay_as_they_are(
    draft: Campaign, owner: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    """Whoever changes them has the page of the draft still open."""
    event = {"id": "fair", "kind": "event", "text": "Harbour day", "day": "2026-03-29"}
    draft.blocks = blocks.validate({"blocks": [event, *draft.blocks["blocks"]]})
    draft.save()
    attached, linked = add(draft), add(draft, "b.pdf", linked=True)
    stale = Campaign.objects.get(pk=draft.pk)
    launching.launch(draft, by=owner)
    there = _stored()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        for change in (
            lambda: add(stale, "late.pdf"),
            lambda: attaching.add_event(stale, "fair", by=owner),
            lambda: attaching.give_link(attached, is_linked=True),
            lambda: attaching.give_link(linked, is_linked=False),
            lambda: attaching.remove(attached, by=owner),
        ):
            with pytest.raises(allowed.Refused, match="launched or deleted meanwhile"):
                change()
    assert {one.name: one.is_linked for one in draft.attachments.all()} == {"a.pdf": False, "b.pdf": True}
    assert _stored() == there


def _stored() -> set[str]:
    folder = stored.kept().path("attachments")
    return {path.name for path in Path(folder).iterdir()}


def test_no_file_is_left_behind_by_what_is_deleted(
    draft: Campaign, owner: User, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    kept = add(draft)
    revision = launching.copy_of(draft, "Second", by=owner, revision_of=draft)
    add(revision, "second.pdf")
    sample = letters.draft(owner, letters.readers("Ana"), is_sample=True)
    add(sample, "sample.pdf")
    assert len(_stored()) == 3
    batch = launching.launch(draft, by=owner)
    Batch.objects.filter(pk=batch.pk).update(state="sending", started_at=timezone.now())
    draft.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        launching.cancel(draft, by=owner)
        samples.remove(by=owner)
    assert _stored() == {Path(kept.path).name}


def test_language_without_the_event_is_told_that_it_goes_without_its_calendar_file(
    draft: Campaign, owner: User
) -> None:
    event = {"id": "fair", "kind": "event", "text": "Harbour day", "day": "2026-03-29"}
    document = draft.blocks
    draft.blocks = blocks.validate({"blocks": [event, *document["blocks"]]})
    draft.save()
    attaching.add_event(draft, "fair", by=owner)
    german, french = (changing.add(draft, code, by=owner) for code in ("de", "fr"))
    assert "event-missing" not in [found.code for found in checklist.check(draft)]
    Campaign.objects.filter(pk=german.pk).update(blocks=document)
    (found,) = [found for found in checklist.check(draft) if found.code == "event-missing"]
    assert (found.level, found.draft) == ("warn", german.pk)
    assert found.text.startswith("German: the event whose calendar file Harbour day.ics is attached is not in it")
    assert french.pk != german.pk


def test_check_names_an_attachment_that_cannot_be_read(draft: Campaign, owner: User) -> None:
    stored.delete(add(draft).path)
    (found,) = [found for found in checklist.check(draft) if found.level == "block"]
    assert (found.code, found.card) == ("attachment-unreadable", "attachments")
    assert "a.pdf" in found.text


def test_an_attached_file_is_at_no_public_address(draft: Campaign) -> None:
    attachment = add(draft, linked=True)
    attaching.give_link(attachment, is_linked=False)
    assert Client().get(f"/d/{attachment.public_name}").status_code == 404
    assert Client().get("/d/").status_code == 404


def test_the_page_says_what_it_comes_to_and_refuses_with_a_cure(
    draft: Campaign, marketer: User, client_for: Browser
) -> None:
    browser, page = client_for(marketer), f"/campaigns/{draft.pk}/files/"
    refused = browser.post(page, {"file": SimpleUploadedFile("a.exe", b"MZ"), "way": "mail"})
    assert refused.status_code == 422
    assert "Archives are not" in refused.content.decode()
    big = b"%PDF-" + b"x" * 1_500_000
    shown = browser.post(page, {"file": SimpleUploadedFile("a.pdf", big), "way": "mail"}, follow=True).content.decode()
    assert "2.1\N{NO-BREAK SPACE}MB" in shown
    assert "4.1\N{NO-BREAK SPACE}MB" in shown, "for two people"


def test_a_mail_s_size_is_that_of_the_mail_itself(draft: Campaign, marketer: User, client_for: Browser) -> None:
    """Where none can be made of it yet, a bound is said."""
    page, browser = f"/campaigns/{draft.pk}/files/", client_for(marketer)
    add(draft)
    mail = len(built(draft))
    assert mail < 50_000

    def says(word: str, size: int) -> bool:
        found = re.search(r"Each mail has (about|up to) <strong[^>]*>(\d+)\s+kB", browser.get(page).content.decode())
        assert found
        return found[1] == word and abs(1000 * int(found[2]) - size) < 3000

    assert says("about", mail)
    Campaign.objects.filter(pk=draft.pk).update(subject="{{ first_name")
    assert says("up to", 100_000 + weight.encoded(len(PDF)))


def test_many_small_mails_are_weighed_by_what_they_are(draft: Campaign) -> None:
    """Not by the most that a mail may be: 1 GB are 10,000 such mails, and so many more of these."""
    add(draft)

    def is_heavy(people: int) -> bool:
        return "attachments-heavy" in {found.code for found in attached.check(draft, draft.way_out, people)}

    assert not is_heavy(12_000)
    assert is_heavy(120_000)
