"""A paused campaign goes on with other words, and everybody can see who got which."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from campaigns.models import Campaign, Edition
from campaigns.sending import launching, revising
from delivery import ledger
from delivery.dispatch import tick
from delivery.engine import process, turn
from delivery.ledger import building
from delivery.models import Batch, Message, Provider
from tests.campaigns import letters
from tests.delivery.engine.server import Behaviour, Server
from tracking.reports import numbers

Browse = Callable[[User], Client]
BEFORE = '<p>Hello <a href="https://nordlicht.example/a">old</a> <a href="https://nordlicht.example/same">same</a></p>'
AFTER = '<p>Sorry <a href="https://nordlicht.example/b">new</a> <a href="https://nordlicht.example/same">same</a></p>'
FRAME = '<!doctype html><html lang="en"><head><title>N</title></head><body>{}<p>{{{{ postal_address }}}} <a href="{{{{ unsubscribe_url }}}}">Leave</a></p></body></html>'  # noqa: E501


class Keeping(Server):
    """Keeps what it takes."""

    def __init__(self, log: Path, behaviour: Behaviour) -> None:
        super().__init__(log, behaviour)
        self.subjects: dict[str, str] = {}

    def keep(self, body: bytes) -> None:
        super().keep(body)
        found = {name: re.search(rb"^" + name + rb": *(\S.*?)\r$", body, re.MULTILINE) for name in (b"To", b"Subject")}
        to, subject = (match.group(1).decode() if match else "" for match in found.values())
        self.subjects[to] = subject


@pytest.fixture
def sandbox(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Keeping]:
    """Takes the place of the sandbox's server: five mails in, the campaign pauses."""
    settings.JOURNAL_DIR = tmp_path / "journal"
    left = [5]

    def on_dot(_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            thread = Thread(target=_pause)
            thread.start()
            thread.join()
            server.behaviour.delay = 0.3  # time enough for the worker to notice, on any machine

    server = Keeping(tmp_path / "log", Behaviour(delay=0.02, rules={"dot": on_dot}))
    with server:
        settings.SANDBOX_HOST, settings.SANDBOX_PORT = "127.0.0.1", server.port
        Provider.objects.sandbox()
        Provider.objects.update(connections=2)
        yield server
        server.behaviour.delay = 0
        process.close()


def _pause() -> None:
    ledger.pause(Batch.objects.get(), "By hand")
    connection.close()


@pytest.fixture
def paused(sandbox: Keeping, owner: User, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """A rehearsal with thirty people."""
    monkeypatch.setattr(turn, "CHECKPOINT_SECONDS", 0.01)
    monkeypatch.setattr(building, "CHUNK", 8)
    people = letters.readers(*(f"N{n}" for n in range(30)))
    campaign = letters.draft(owner, people, content_kind="html", html=FRAME.format(BEFORE), subject="First words")
    batch = launching.launch(campaign, by=owner)
    building.build(batch.pk)
    Batch.objects.filter(pk=batch.pk).update(hold_until=timezone.now())
    send(batch)
    return Campaign.objects.get(pk=campaign.pk)


def send(batch: Batch) -> None:
    tick.tick()
    turn.run(batch.provider_id or 0, batch.stream)
    batch.refresh_from_db()


def revise(client: Client, campaign: Campaign) -> Campaign:
    answer = client.post(reverse("campaign-revise", args=[campaign.pk]))
    draft = Campaign.objects.get(revision_of=campaign)
    assert answer["Location"] == draft.get_absolute_url()
    return draft


def page(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_the_rest_gets_what_was_corrected(
    sandbox: Keeping, paused: Campaign, marketer: User, client_for: Browse
) -> None:
    """Some seconds: a server that takes its time, so that there is a rest."""
    client, batch = client_for(marketer), paused.batch
    assert batch
    first = dict(sandbox.subjects)
    assert 5 <= len(first) < 30
    assert "Edit what is left" in page(client, paused.get_absolute_url())
    draft = revise(client, paused)
    assert f"Continue with version 2 for the remaining {30 - len(first)} people" in page(
        client, draft.get_absolute_url()
    )
    assert [campaign.pk for campaign in Campaign.objects.whole()] == [paused.pk], "it is no campaign of its own"
    save(client, draft, "subject", subject="Corrected words", preheader="")
    save(client, draft, "html", html=FRAME.format(AFTER))
    draft.refresh_from_db()
    url = reverse("campaign-continue", args=[draft.pk])
    assert "Corrected words" in page(client, url)
    assert client.post(url, {"version": draft.version})["Location"] == paused.get_absolute_url()
    sandbox.behaviour.delay = 0
    send(batch)
    assert ledger.tally(batch).words == "30 = 30 + 0 + 0 + 0 + 0"
    assert not sandbox.twice()
    assert set(first.values()) == {"First words"}
    assert [s for to, s in sandbox.subjects.items() if to not in first] == ["Corrected words"] * (30 - len(first))
    shown = page(client, paused.get_absolute_url())
    assert f"went to {len(first)} people" in shown
    assert f"went to {30 - len(first)} people" in shown
    assert AuditEntry.objects.filter(action="campaign.revised").count() == 1
    shows_each_mail_as_it_was_sent(client, paused, batch)


def shows_each_mail_as_it_was_sent(client: Client, campaign: Campaign, batch: Batch) -> None:
    old, new = (Message.objects.filter(batch=batch, version=version).first() for version in (None, 2))
    assert old
    assert new
    assert ">old<" in page(client, reverse("message-mail", args=[old.pk]))
    assert ">new<" in page(client, reverse("message-mail", args=[new.pk]))
    mail = reverse("campaign-mail", args=[campaign.pk])
    assert ">old<" in page(client, f"{mail}?version=1")
    assert ">new<" in page(client, f"{mail}?version=2")
    assert client.get(f"{mail}?version=3").status_code == 404
    links = {link.url.rpartition("/")[2]: link for link in numbers.report([batch.pk]).links}
    assert list(links) == ["a", "same", "b"], "what both versions have is one link, so that its clicks add up"
    first, second = Edition.objects.filter(batch=batch).order_by("version")
    assert first.link_ids[1] == second.link_ids[1]


def test_a_version_that_could_not_be_launched_does_not_go_on(
    paused: Campaign, marketer: User, client_for: Browse
) -> None:
    client = client_for(marketer)
    draft = revise(client, paused)
    url = reverse("campaign-continue", args=[draft.pk])
    assert client.post(url, {"version": draft.version + 1}).status_code == 422, "somebody changed it meanwhile"
    Campaign.objects.filter(pk=draft.pk).update(subject="")
    answer = client.post(url, {"version": draft.version})
    assert (answer.status_code, "No subject yet" in answer.content.decode()) == (422, True)
    Batch.objects.get().chunks.filter(is_done=False).update(owner="00000000-0000-0000-0000-000000000001")
    Campaign.objects.filter(pk=draft.pk).update(subject="Words")
    assert "on the wire" in client.post(url, {"version": draft.version}).content.decode()
    Batch.objects.get().chunks.update(owner=None)
    assert (Batch.objects.get().state, Batch.objects.get().version) == ("paused", 1)
    launching.resume(paused, by=marketer)
    assert "is paused" in client.post(url, {"version": draft.version}).content.decode()
    assert Campaign.objects.filter(pk=draft.pk).exists(), "what was written stays"
    Campaign.objects.filter(pk=draft.pk).delete()
    client.post(reverse("campaign-revise", args=[paused.pk]))
    assert not Campaign.objects.exclude(revision_of=None).exists(), "what is being sent cannot be changed"


def test_a_discarded_version_changes_nothing(
    sandbox: Keeping, paused: Campaign, marketer: User, client_for: Browse
) -> None:
    client = client_for(marketer)
    draft = revise(client, paused)
    assert revising.begin(paused, by=marketer) == draft, "there is one at a time"
    assert "Resume with version 1" in page(client, paused.get_absolute_url())
    save(client, draft, "subject", subject="Never mind", preheader="")
    with pytest.raises(launching.Changed):
        launching.launch(draft, by=marketer)
    answer = client.post(reverse("campaign-delete", args=[draft.pk]))
    assert answer["Location"] == paused.get_absolute_url()
    paused.refresh_from_db()
    assert paused.subject == "First words"
    launching.resume(paused, by=marketer)
    sandbox.behaviour.delay = 0
    send(Batch.objects.get())
    assert set(sandbox.subjects.values()) == {"First words"}


def save(client: Client, draft: Campaign, card: str, **words: str) -> None:
    answer = client.post(reverse("campaign-save", args=[draft.pk, card]), words)
    assert answer.status_code == 302
