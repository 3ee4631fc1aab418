"""Somebody asks to be forgotten: nothing names them any more, every number still adds up, and they stay away."""

import re
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from redis import Redis

from accounts import audit
from accounts.models import AuditEntry, User
from campaigns.approval.models import Approval
from campaigns.attachments.models import Attachment
from campaigns.comments.models import Comment
from campaigns.mail_imports.models import MailImport
from campaigns.models import Campaign, DraftVersion, Edition, SeedList, SharedReport, TestAddress
from contacts import consent
from contacts.erasing import beginning, registry, working
from contacts.importing.plan import Plan
from contacts.importing.running import jobs
from contacts.importing.running import working as importing
from contacts.models import (
    AddressChange,
    BulkChange,
    BulkSlice,
    Contact,
    DeletedPerson,
    Erasure,
    FixedAudience,
    FixedMember,
    ImportJob,
    MailingList,
    Segment,
    SignupForm,
    SignupLetter,
    SignupRequest,
    Subscription,
    Suppression,
)
from delivery import ledger, verp
from delivery.alerts.models import Alert
from delivery.models import (
    Attempt,
    Failure,
    Message,
    MessageState,
    ProviderSuppression,
    Returned,
    SandboxMail,
    Webhook,
)
from tests.config.test_kept_of_people import ERASED_BY, NOT_TOLD
from tests.delivery.feedback.returned import DOMAIN, bounce, hand_in, mailed
from tests.tracking.conftest import Reader, Sent
from tracking.reports import numbers

pytestmark = pytest.mark.django_db
CANARY = "Canary.Bird@gmail.com"
NAME = "Zebediah"
OTHERS = "diacanary.bird@gmail.com"  # whose address ends in the same letters


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def browser(client_for: Callable[[User], Client], marketer: User) -> Client:
    return client_for(marketer)


def upload(content: str, news: MailingList) -> ImportJob:
    job = jobs.upload(SimpleUploadedFile("people.csv", content.encode()), "people.csv", by=None)
    jobs.check(job, Plan.from_json(job.options).change(consent_source="form", lists=(news.pk,)))
    importing.work(job.pk)
    job.refresh_from_db()
    return job


def live(sent: Sent, reader: Reader, take_in: Callable[[], int], marketer: User) -> Contact:
    """All that may become known of one person."""
    bird = sent.contact()
    Contact.objects.filter(pk=bird.pk).update(email=CANARY, first_name=NAME)
    Message.objects.filter(pk=sent.messages[0].pk).update(email=CANARY, reply=f"250 ok <{CANARY}>")
    reader("GET", sent.open(0))
    reader("GET", sent.click(0, 1))
    take_in()
    later = mailed(email=CANARY)
    hand_in(bounce(later, words=f"550 5.1.1 <{CANARY}>: user unknown"))
    Attempt.objects.create(
        message_id=later.pk, batch=later.batch, stage="rcpt", category="x", decision="refused", text=CANARY
    )
    Failure.objects.create(email=CANARY.lower(), kind="soft", campaign="1")
    raw = f"To: {NAME} <{CANARY}>\r\n\r\nHello=\r\n".encode()
    SandboxMail.objects.create(envelope_from="x@y.example", envelope_to=CANARY, size_bytes=1, raw=zlib.compress(raw))
    test_mail = f"To: staff@nordlicht.example\r\n\r\nDear {CANARY[:9]}=\r\n{CANARY[9:]}".encode()
    SandboxMail.objects.create(
        envelope_from="x@y.example", envelope_to="a@b.example", size_bytes=1, raw=zlib.compress(test_mail)
    )
    bird.notes.create(text=f"{NAME} called")
    bird.value_changes.create(values={"email": ["", CANARY]})
    audit.record(marketer, "contact.resubscribe", CANARY, reason=f"wrote from {CANARY}")
    audit.record(marketer, "contact.delete", OTHERS)
    consent.suppress(OTHERS, "hard_bounce", detail=f"forwarded to {CANARY}")
    Segment.objects.create(name="One", rules={"rows": [{"value": CANARY}]})
    upload(f"Email,Name\n{CANARY},{NAME}\nina@example.com,Ina\n", sent.lists[0])
    name = default_storage.save(
        "imports/refused.csv", ContentFile(f"Line,Reason\r\n3,{CANARY} no\r\n4,Other\r\n".encode())
    )
    ImportJob.objects.create(file_name="people.csv", storage_name="", refused_storage_name=name)
    known_by_other_ways(bird)
    worked_on(marketer)
    return bird


BY_RULES = {"segments": [{"rows": [{"value": CANARY}]}]}


def known_by_other_ways(bird: Contact) -> None:
    """A sign-up that waits, an audience decided beforehand, and an earlier contact of theirs that was deleted."""
    now, key = timezone.now(), CANARY.lower()
    form = SignupForm.objects.create(name="On the site")
    asked = SignupRequest.objects.create(
        form=form, email=CANARY, key=key, values={"first_name": NAME}, asked_at=now, expires_at=now + timedelta(days=7)
    )
    SignupLetter.objects.create(message_id=1, request=asked, key=key, kind="confirm", at=now)
    fixed = FixedAudience.objects.create(chosen=BY_RULES)
    FixedMember.objects.create(audience=fixed, contact_id=bird.pk)
    change = BulkChange.objects.create(action="delete", expected=1)
    before = {"contacts_contact": [{"email": CANARY, "first_name": NAME}]}
    DeletedPerson.objects.create(change=change, contact_id=bird.pk + 1000, email=key, rows=before)


def worked_on(marketer: User) -> None:
    """What colleagues noted while they wrote campaigns, and what was asked of an outsider."""
    TestAddress.objects.create(email=CANARY.lower(), asked_at=timezone.now(), agreed_at=timezone.now())
    SeedList.objects.create(name=f"With {CANARY}", addresses=[OTHERS, CANARY])
    campaign = Campaign.objects.create(name=f"An offer for {CANARY}")
    Comment.objects.create(campaign=campaign, by=marketer, excerpt=CANARY, text=f"Is {CANARY} in it? {OTHERS} is.")
    name = f"{CANARY}.pdf"
    Attachment.objects.create(campaign=campaign, name=name, media_type="application/pdf", size_bytes=1, path="a")
    frozen = {"people": {"rules": BY_RULES, "decided": None}, "files": {"all": [[name, 1, "a", "", False]]}}
    Approval.objects.create(campaign=campaign, note=f"Asked by {CANARY}", answer=f"{CANARY} says yes", frozen=frozen)
    SharedReport.objects.create(
        note=f"For {CANARY}", query=f"q={quote_plus(CANARY)}", secret="x", expires_at=timezone.now()
    )
    MailImport.objects.create(campaign=campaign, kind="file", name=f"To {CANARY}.eml", html=f"<p>Dear {CANARY}")
    DraftVersion.objects.create(campaign=campaign, name=CANARY, began_at=timezone.now(), at=timezone.now(), words={})
    attachments = [{"name": name, "path": "a"}]
    Edition.objects.create(campaign=campaign, subject="Hello", attachments=attachments)
    Alert.objects.create(about="x", title=f"550 {CANARY}", begun_at=timezone.now(), seen_at=timezone.now())


KNOWN_IN = {
    *("contacts_contact", "contacts_note", "contacts_segment", "contacts_suppression", "accounts_auditentry"),
    *("contacts_signuprequest", "contacts_signupletter", "contacts_fixedaudience", "contacts_deletedperson"),
    *("delivery_attempt", "delivery_failure", "delivery_sandboxmail", "delivery_alert"),
    *("campaigns_testaddress", "campaigns_campaign", "campaigns_comment", "campaigns_attachment"),
    *("campaigns_approval", "campaigns_sharedreport", "campaigns_mailimport", "campaigns_draftversion"),
    *("campaigns_edition", "campaigns_seedlist"),
}


def figures(sent: Sent) -> list[tuple[str, int]]:
    return [(figure.key, figure.people) for figure in numbers.report([sent.batch.id]).figures]


def told() -> Iterator[tuple[str, bytes]]:
    """All that every table, file and Redis key holds. A table that is new tomorrow is among them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            for row in cursor.fetchall():
                for value in row:
                    yield table, _bytes(value)
    for path in Path(django_settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    redis = Redis.from_url(django_settings.REDIS_URL)
    for key in redis.scan_iter():
        yield "Redis", bytes(key) + bytes(redis.dump(key) or b"")


def _bytes(value: object) -> bytes:
    if isinstance(value, memoryview | bytes):
        raw = bytes(value)
        try:
            return zlib.decompress(raw).replace(b"=\r\n", b"")
        except zlib.error:
            return raw
    return str(value).encode()


def naming(*words: str) -> set[str]:
    found = [(where, content.lower()) for where, content in told()]
    return {
        where
        for where, content in found
        for word in words
        if word.lower().encode() in content.replace(OTHERS.encode(), b"")
    }


def test_who_is_erased_is_nowhere_and_every_number_stays(
    browser: Client, sent: Sent, reader: Reader, take_in: Callable[[], int], marketer: User
) -> None:
    bird = live(sent, reader, take_in, marketer)
    before = figures(sent)
    assert naming(CANARY, NAME) >= KNOWN_IN, "the search finds what there is"
    page = browser.get(f"/contacts/{bird.pk}/erase/").content.decode()
    assert "2 mails to them" in page
    assert browser.post(f"/contacts/{bird.pk}/erase/", {"reason": f"by {CANARY}"}).status_code == 422
    answer = browser.post(f"/contacts/{bird.pk}/erase/", {"reason": "By letter of 12 March"})
    erasure = Erasure.objects.get()
    assert answer["Location"] == f"/erasures/{erasure.pk}/"
    working.work(erasure.pk)
    working.work(erasure.pk)
    assert naming(CANARY, NAME) == set()
    assert not FixedMember.objects.exists()
    assert "Canary" not in SharedReport.objects.get().query
    assert Comment.objects.get().text.endswith(f"in it? {OTHERS} is.")
    assert SeedList.objects.get().addresses == [OTHERS]
    assert figures(sent) == before
    assert dict(before)["clicked"] == 1
    assert ledger.tally(sent.batch).words == "3 = 3 + 0 + 0 + 0 + 0"
    assert Message.objects.filter(batch=sent.batch).count() == 3
    certificate = browser.get(f"/erasures/{erasure.pk}/").content.decode()
    assert "By letter of 12 March" in certificate
    assert erasure.digest in certificate
    assert "Mia Marketer" in certificate
    # Others keep what is theirs.
    assert Suppression.objects.filter(email=OTHERS).exists()
    assert naming("ina@example.com")
    assert b"4,Other" in next(content for where, content in told() if "refused" in where)


@pytest.mark.parametrize("way", ["import", "by hand", "another's address changed"])
def test_who_was_erased_and_comes_back_is_still_suppressed(way: str, browser: Client, marketer: User) -> None:
    news = MailingList.objects.create(name="News")
    working.work(beginning.begin(CANARY, by=marketer, request=marketer, reason="Phoned").pk)
    assert naming(CANARY) == set()
    assert [row.email for row in Suppression.objects.all()] == [Erasure.objects.get().digest]
    assert "Somebody erased" in browser.get("/suppressions/", {"q": CANARY}).content.decode()
    if way == "import":
        job = upload(f"Email\n{CANARY}\nina@example.com\n", news)
        assert job.counts["expected"]["suppressed"] == 1
        assert naming(CANARY) <= {f"contacts_import_{job.pk}"} | {
            str(p) for p in Path(django_settings.MEDIA_ROOT).rglob("*")
        }
        jobs.start(job)
        importing.work(job.pk)
    elif way == "by hand":
        asked = {"open_consent": "unknown", "click_consent": "unknown", "lists": [news.pk], "agreed": "Asked"}
        browser.post("/contacts/new/", {"email": CANARY, **asked})
    else:
        other = Contact.objects.create(email="other@example.com")
        browser.post(f"/contacts/{other.pk}/value/email/", {"email": CANARY})
    bird = Contact.objects.get(email=CANARY)
    assert Suppression.objects.get().email == CANARY.lower()
    assert not bird.subscriptions.filter(state=Subscription.State.SUBSCRIBED).exists()
    assert not Contact.objects.reachable().filter(pk=bird.pk).exists()


def test_what_comes_back_after_the_erasing_names_nobody_either(browser: Client, sent: Sent, marketer: User) -> None:
    message = mailed(email=CANARY, state=MessageState.PENDING)
    late = bounce(message, words=f"550 5.1.1 <{CANARY}>: user unknown")
    begun = beginning.begin(CANARY, by=marketer, request=marketer, reason="Phoned")
    working.work(begun.pk)
    begun.refresh_from_db()
    assert begun.state == Erasure.State.SETTLING, "it may be with a server this very moment"
    Message.objects.filter(pk=message.pk).update(state=MessageState.ACCEPTED, reply=f"250 <{CANARY}>")
    hand_in(late)
    consent.suppress(CANARY, "hard_bounce", detail=f"550 <{CANARY}>")
    assert working.sweep() == []
    Erasure.objects.update(at="2026-01-01T00:00Z", worked_at="2026-01-01T00:00Z")
    for number in working.sweep():
        working.work(number)
    begun.refresh_from_db()
    assert begun.state == Erasure.State.DONE
    assert naming(CANARY) == set()
    assert Suppression.objects.get().is_erased
    assert Returned.objects.exists()


def test_several_are_erased_at_once_also_who_is_only_in_the_log(browser: Client, sent: Sent) -> None:
    gone = sent.messages[1].email
    sent.contact(1).delete()
    wanted = {"addresses": f"{sent.messages[0].email}\n{gone}\n{gone}", "reason": "By a lawyer"}
    assert browser.post("/erasures/new/", wanted).status_code == 422
    browser.post("/erasures/new/", wanted | {"understood": "on"})
    for number in Erasure.objects.values_list("pk", flat=True):
        working.work(number)
    assert naming(sent.messages[0].email, gone) == set()
    assert Erasure.objects.filter(state="done").count() == 2
    assert Contact.objects.count() == 1


def test_who_asks_for_their_data_gets_all_of_it_to_read_and_as_a_file(
    browser: Client, sent: Sent, reader: Reader, take_in: Callable[[], int], marketer: User
) -> None:
    bird = live(sent, reader, take_in, marketer)
    to = verp.address(mailed(email=CANARY).pk, DOMAIN)
    away = f"From: {CANARY}\r\nTo: {to}\r\nAuto-Submitted: auto-replied\r\n\r\nOut of the nest until Monday\r\n"
    hand_in(away.encode())
    Returned.objects.create(digest=b"1", source="listener", raw=f"From: {CANARY}\r\n\r\nPlease ring me".encode())
    asked = {"old_email": "old@example.com", "new_email": CANARY, "confirm_digest": "1", "ip": "203.0.113.7"}
    AddressChange.objects.create(contact=bird, **asked)
    ProviderSuppression.objects.create(webhook=Webhook.objects.create(kind="postmark"), email=CANARY.lower())
    known_tables = {place for place in naming(CANARY, NAME) if not place.startswith("/") and place != "Redis"}
    page = browser.post(f"/contacts/{bird.pk}/data/").content.decode()
    answer = browser.post(f"/contacts/{bird.pk}/data/", {"as": "json"})
    assert "attachment" in answer["Content-Disposition"]
    data = answer.json()
    assert data["person"][0]["First name"] == NAME
    assert {act["What"] for act in data["acts"]} == {"Opened", "Clicked"}
    assert data["acts"][0]["Internet address"]
    assert len(data["mails"]) == 3
    assert data["notes"][0]["Note"] == f"{NAME} called"
    assert any("user unknown" in row["Words"] for row in data["came_back"])
    for words in (f"{NAME} called", "https://shop.example/1", "user unknown", data["acts"][0]["Program"]):
        assert words in page
    assert {entry.action for entry in AuditEntry.objects.filter(subject=CANARY)} >= {"contact.data"}
    assert "Answered by itself" in {row["What"] for row in data["came_back"]}
    for words in ("Out of the nest", "Please ring me"):
        assert words in " ".join(row["Text"] for row in data["returned"])
    assert (data["sign_ups"][0]["Form"], data["sign_ups"][0]["What you typed"]) == (
        "On the site",
        f"First name: {NAME}",
    )
    assert (data["address_changes"][0]["From"], data["address_changes"][0]["To"]) == ("old@example.com", CANARY)
    quoted = [(row["Where"], row["Text"]) for row in data["quotes"]]
    assert ("Comments", f"Is {CANARY} in it? {OTHERS} is.") in quoted
    assert all(CANARY.lower() in unquote_plus(text).lower() for _, text in quoted), "nobody else's"
    # Every table that names them, also one that is new tomorrow.
    tables = {apps.get_model(label)._meta.db_table: part for label, part in ERASED_BY.items()}
    tables["contacts_import"] = "staged rows"
    told = {part.name: part.told for part in registry.parts()}
    for table in known_tables:
        whole = re.sub(r"_\d[\d_]*$", "", table)  # of a partition, and of the rows of one import
        part = tables.get(whole, whole)
        assert part in NOT_TOLD or data.get(told.get(part)), table


def test_who_asks_for_their_data_gets_nobody_else_s_address(browser: Client, sent: Sent, marketer: User) -> None:
    """Programs keep the addresses of many side by side: of whom a change suppressed, of who got a test mail."""
    own, others = sent.contact(), ("aaron@example.com", "zoe@example.com")
    everybody = sorted([own.email, *others])
    change = BulkChange.objects.create(action="suppress", expected=3)
    BulkSlice.objects.create(change=change, contact_ids=[own.pk], was={"ids": [own.pk], "emails": everybody})
    audit.record(marketer, "campaign.tested", "Spring", to=", ".join(everybody))
    stray = (
        f"From: Zoe <{others[1]}>\r\nTo: Aaron <{others[0]}>, Ours <{own.email}>\r\nSubject: Zoe moves house\r\n\r\n"
        f"My new street is Elm Road.\r\nTell {own.email} and {others[0]}, please.\r\n"
    )
    Returned.objects.create(digest=b"2", source="listener", raw=stray.encode())
    answer = browser.post(f"/contacts/{own.pk}/data/", {"as": "json"})
    told = {row["Where"]: row["Text"] for row in answer.json()["quotes"]}
    for where in ("Audit trail", "What they would take back"):
        assert own.email in told[where]
    (came,) = answer.json()["returned"]
    assert came["Text"] == f"To: {own.email}\nTell {own.email} and …, please."
    for other in others:
        assert other not in answer.content.decode()
