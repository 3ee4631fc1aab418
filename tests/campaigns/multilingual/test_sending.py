"""Everybody gets one mail, in the language they read, whatever happens on the way."""

import email
import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from campaigns.drafts import saving
from campaigns.message import editions
from campaigns.models import Campaign
from campaigns.preflight import checklist
from campaigns.sending import launching, repeating, revising
from contacts.models import Contact
from delivery import ledger, tokens
from delivery.dispatch import tick
from delivery.engine import process, turn
from delivery.ledger import building
from delivery.models import Batch, Message, Provider, Waiting
from tests.campaigns import letters
from tests.campaigns.multilingual.conftest import READS, people, translated
from tests.campaigns.reporting.conftest import Out
from tests.delivery.engine.server import Behaviour, Server, Talk
from tracking.models import EventKind, Link
from tracking.recipients import viewing
from tracking.reports import numbers

IN_WORDS = {"en": "Read on", "de": "Neues aus dem Hafen", "fr": "Des nouvelles du port"}
LEAVE = {"en": "Unsubscribe", "de": "Abmelden", "fr": "Se désabonner"}


class Keeping(Server):
    """Keeps what it takes."""

    def __init__(self, log: Path, behaviour: Behaviour) -> None:
        super().__init__(log, behaviour)
        self.mails: dict[str, EmailMessage] = {}

    def keep(self, body: bytes) -> None:
        super().keep(body)
        mail: EmailMessage = email.message_from_bytes(body, policy=default)
        self.mails[str(mail["To"])] = mail

    @property
    def languages(self) -> dict[str, str]:
        """By name of the person: what the mail's HTML says it is in."""
        found = {}
        for to, mail in self.mails.items():
            said = re.search(r'<html[^>]*\blang="([^"]*)"', html_of(mail))
            found[to.partition("@")[0].title()] = said[1] if said else ""
        return found


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body
    return str(body.get_content())


@pytest.fixture
def server(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Keeping]:
    """Takes the place of the sandbox's server."""
    settings.JOURNAL_DIR = tmp_path / "journal"
    server = Keeping(tmp_path / "log", Behaviour())
    with server:
        settings.SANDBOX_HOST, settings.SANDBOX_PORT = "127.0.0.1", server.port
        Provider.objects.sandbox()
        Provider.objects.update(connections=1)
        yield server
        process.close()


@pytest.fixture
def batch(server: Keeping, owner: User) -> Batch:
    """Launched and built."""
    campaign = translated(letters.draft(owner, people()), owner)
    return built(launching.launch(campaign, by=owner))


def built(batch: Batch) -> Batch:
    building.build(batch.pk)
    Batch.objects.filter(pk=batch.pk).update(hold_until=timezone.now())
    return batch


def send(batch: Batch) -> None:
    tick.tick()
    turn.run(batch.provider_id or 0, batch.stream)
    batch.refresh_from_db()


def message_of(batch: Batch, name: str) -> Message:
    return Message.objects.select_related("batch").get(batch=batch, email=f"{name.lower()}@example.org")


def everybody_reads(language: str) -> None:
    Contact.objects.update(language=language)


def test_each_gets_the_mail_in_their_language(server: Keeping, batch: Batch, owner: User, client_for: Any) -> None:
    """Also who is tried again after their language has changed, and who looks at the mail on the web later."""
    tried: list[str] = []

    def dot(talk: Talk) -> str | None:
        tried.append(talk.recipient)
        return "451 4.7.1 try again later" if tried.count(talk.recipient) == 1 and "emil" in talk.recipient else None

    server.behaviour.rules["dot"] = dot
    send(batch)
    assert server.languages == {name: code for name, code in READS.items() if name != "Emil"}
    everybody_reads("ja")
    Waiting.objects.update(retry_at=timezone.now())
    send(batch)
    assert server.languages == READS
    assert not server.twice()
    assert ledger.tally(batch).words == "6 = 6 + 0 + 0 + 0 + 0"
    subjects = {to.partition("@")[0]: str(mail["Subject"]) for to, mail in server.mails.items()}
    assert subjects["clara"] == "Neues für Clara"
    assert subjects["emil"] == "Des nouvelles"
    assert subjects["finn"] == "News for you"
    for name, code in READS.items():
        mail = server.mails[f"{name.lower()}@example.org"]
        text = mail.get_body(("plain",))
        assert text
        assert IN_WORDS[code] in html_of(mail)
        assert LEAVE[code] in html_of(mail)
        assert LEAVE[code] in text.get_content()
        message = message_of(batch, name)
        assert message.language == code
        assert f'lang="{code}"' in viewing.shown(tokens.seal(tokens.VIEW, message.pk))
        shown = client_for(owner).get(reverse("message-mail", args=[message.pk])).content.decode()
        assert f'lang="{code}"' in shown


def test_links_and_numbers_tell_the_languages_apart(
    server: Keeping, batch: Batch, owner: User, client_for: Any
) -> None:
    send(batch)
    targets = {(link.language, link.url.rpartition("/")[2]) for link in Link.objects.filter(batch=batch)}
    assert targets == {("en", "news"), ("de", "de"), ("fr", "fr")}
    campaign = Campaign.objects.get(batch=batch)
    order = list(Message.objects.filter(batch=batch).order_by("id").values_list("email", flat=True))
    clara, dora = (order.index(f"{name}@example.org") for name in ("clara", "dora"))
    german = Link.objects.get(batch=batch, language="de")
    Out(campaign).did(EventKind.CLICK, clara, dora, link=german.pk)
    Out(campaign).did(EventKind.CLICK, clara, link=german.pk, is_machine=True)
    rows = {row.code: (row.people, row.accepted, row.clicked) for row in numbers.report([batch.pk]).languages}
    assert rows == {"en": (3, 3, 0), "de": (2, 2, 2), "fr": (1, 1, 0)}
    page = " ".join(client_for(owner).get(campaign.get_absolute_url()).content.decode().split())
    assert "By language" in page
    assert "German" in page
    clicks = reverse("campaign-clicks", args=[campaign.pk])
    mapped = client_for(owner).get(f"{clicks}?version=1&language=de").content.decode()
    assert f"#link-row-{german.pk}" in mapped
    assert 'lang="de"' in mapped
    assert f"#link-row-{german.pk}" not in client_for(owner).get(f"{clicks}?version=1").content.decode()


def test_a_new_version_keeps_everybodys_language(server: Keeping, owner: User) -> None:
    """Paused after two, everybody's language changed meanwhile: nobody twice, nobody in another language."""
    campaign = translated(letters.draft(owner, people()), owner)
    batch = built(launching.launch(campaign, by=owner))
    left = [2]

    def pause(_: Talk) -> None:
        left[0] -= 1
        if left[0] == 0:
            thread = Thread(target=_pause, args=(batch.pk,))
            thread.start()
            thread.join()
            server.behaviour.delay = 0.3  # time enough for the worker to notice, on any machine

    server.behaviour.rules["dot"] = pause
    send(batch)
    server.behaviour.delay = 0
    before = dict(server.languages)
    assert 2 <= len(before) < 6
    everybody_reads("fr")
    campaign.refresh_from_db()
    draft = revising.begin(campaign, by=owner)
    for translation in draft.in_other_languages():
        Campaign.objects.filter(pk=translation.pk).update(subject=f"Second {translation.language}")
    Campaign.objects.filter(pk=draft.pk).update(subject="Second en")
    revising.go_on(draft, by=owner, version=draft.stamp)
    send(batch)
    assert server.languages == READS
    assert not server.twice()
    late = {to.partition("@")[0].title(): str(mail["Subject"]) for to, mail in server.mails.items()}
    assert {name: late[name] for name in READS if name not in before} == {
        name: f"Second {code}" for name, code in READS.items() if name not in before
    }
    assert campaign.translations.get(language="de").subject == "Second de"
    links = {(link.language, tuple(link.versions)) for link in Link.objects.filter(batch=batch)}
    assert links == {("en", (1, 2)), ("de", (1, 2)), ("fr", (1, 2))}, "the links that both versions have are the same"
    first, second = (editions.sent(batch.pk, version, "de") for version in (1, 2))
    assert first
    assert second
    assert (first.subject, second.subject) == ("Neues für {{ first_name }}", "Second de")


def _pause(batch_id: int) -> None:
    ledger.pause(Batch.objects.get(pk=batch_id), "By hand")
    connection.close()


def rewritten_after_the_checks(campaign: Campaign, monkeypatch: pytest.MonkeyPatch, by: User) -> None:
    """Somebody's editor saves the German words after all was checked, and before the words are frozen."""
    german, check = campaign.translations.get(language="de"), checklist.check

    def rewrite() -> None:
        with suppress(OperationalError), connection.cursor() as cursor:  # who waits for a lock comes too late
            cursor.execute("SET lock_timeout = '200ms'")
            saving.save(german.pk, lambda draft: setattr(draft, "subject", "Unchecked"), by=by, version=None)
        connection.close()

    def checked(found: Campaign, **given: Any) -> list[checklist.Finding]:
        findings = check(found, **given)
        thread = Thread(target=rewrite)
        thread.start()
        thread.join()
        return findings

    monkeypatch.setattr(checklist, "check", checked)


@pytest.mark.django_db(transaction=True)
def test_no_language_changes_between_the_checks_and_the_launch(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = translated(letters.draft(owner, people()), owner)
    rewritten_after_the_checks(campaign, monkeypatch, owner)
    batch = launching.launch(campaign, by=owner)
    german = editions.sent(batch.pk, 1, "de")
    assert german
    assert german.subject == "Neues für {{ first_name }}"
    assert campaign.translations.get(language="de").subject == german.subject


@pytest.mark.django_db(transaction=True)
def test_no_language_of_a_new_version_changes_between_the_checks_and_going_on(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = translated(letters.draft(owner, people()), owner)
    batch, now = launching.launch(campaign, by=owner), timezone.now()
    building.build(batch.pk)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.PAUSED, started_at=now, hold_until=now)
    draft = revising.begin(Campaign.objects.get(pk=campaign.pk), by=owner)
    rewritten_after_the_checks(draft, monkeypatch, owner)
    revising.go_on(draft, by=owner, version=draft.stamp)
    german = editions.sent(batch.pk, 2, "de")
    assert german
    assert german.subject == "Neues für {{ first_name }}"


@pytest.mark.django_db
def test_a_rehearsal_goes_for_real_in_its_languages(campaign: Campaign, owner: User, monkeypatch: Any) -> None:
    rehearsal = launching.launch(campaign, by=owner)
    building.build(rehearsal.pk)
    Batch.objects.filter(pk=rehearsal.pk).update(state=Batch.State.DONE)
    monkeypatch.setattr(repeating, "findings", lambda *_: [])
    provider = Provider.objects.create(name="Relay", kind="smtp", host="127.0.0.1", port=25)
    sent = repeating.send(campaign, provider, by=owner)
    assert sent.batch
    assert sent.batch.languages == ["en", "de", "fr"]
    building.build(sent.batch.pk)
    found = dict(Message.objects.filter(batch=sent.batch).values_list("email", "language"))
    assert found == {f"{name.lower()}@example.org": code for name, code in READS.items()}
    assert Batch.objects.get(pk=sent.batch.pk).people_by_language == {"en": 3, "de": 2, "fr": 1}
    german = editions.sent(sent.batch.pk, 1, "de")
    assert german
    assert german.subject == "Neues für {{ first_name }}"
    links = Link.objects.filter(batch=sent.batch, language="de").values_list("pk", flat=True)
    assert set(german.link_ids) == set(links)


@pytest.mark.django_db
def test_a_mail_in_one_language_is_as_it_was(owner: User) -> None:
    campaign = letters.draft(owner, people())
    batch = launching.launch(campaign, by=owner)
    building.build(batch.pk)
    batch.refresh_from_db()
    assert (batch.languages, batch.people_by_language) == ([], {})
    assert set(Message.objects.filter(batch=batch).values_list("language", flat=True)) == {None}
    assert set(Link.objects.filter(batch=batch).values_list("language", flat=True)) == {""}
    assert numbers.report([batch.pk]).languages == []
