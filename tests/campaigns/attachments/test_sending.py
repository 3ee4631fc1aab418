"""Attachments through the engine: everybody gets them, and a file that cannot be read leaves nobody out."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from accounts.models import User
from accounts.pictures import files as stored
from campaigns.attachments import allowed, attaching
from campaigns.attachments.models import Attachment
from campaigns.message import editions
from campaigns.models import Campaign, Edition
from campaigns.sending import launching
from delivery import ledger
from delivery.engine.bookkeeping import contents
from delivery.engine.bookkeeping.contents import Contents
from delivery.models import Batch, Waiting
from tests.campaigns import letters
from tests.campaigns.attachments.files import PDF
from tests.campaigns.multilingual.conftest import READS, people, translated
from tests.campaigns.multilingual.test_sending import Keeping, built, send
from tests.campaigns.multilingual.test_sending import server as server

pytestmark = pytest.mark.usefixtures("_apart")


@pytest.fixture
def _apart(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def draft(server: Keeping, owner: User) -> Campaign:
    """In three languages, with a file."""
    campaign = translated(letters.draft(owner, people()), owner)
    attaching.add(campaign, BytesIO(PDF), "programme.pdf", is_linked=False, by=owner)
    return campaign


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read."""
    paths: list[str] = []
    original = stored.read

    def noted(path: str) -> bytes:
        paths.append(path)
        return original(path)

    monkeypatch.setattr(stored, "read", noted)
    return paths


def _gone(attachment: Attachment, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    stored.delete(attachment.path)
    return lambda: stored.kept().save(attachment.path, ContentFile(PDF))


def _silent(attachment: Attachment, monkeypatch: pytest.MonkeyPatch) -> Callable[[], object]:
    original = stored.read

    def fails(path: str) -> bytes:
        raise ConnectionError("the bucket does not answer")

    monkeypatch.setattr(stored, "read", fails)
    return lambda: monkeypatch.setattr(stored, "read", original)


def _attached(server: Keeping) -> dict[str, list[tuple[str | None, Any]]]:
    return {
        to.partition("@")[0].title(): [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()]
        for to, mail in server.mails.items()
    }


@pytest.mark.parametrize("fail", [_gone, _silent])
def test_file_that_cannot_be_read_pauses_and_everybody_gets_it_afterwards(
    server: Keeping, draft: Campaign, owner: User, monkeypatch: pytest.MonkeyPatch, fail: Callable[..., Any]
) -> None:
    batch = built(launching.launch(draft, by=owner))
    mend = fail(draft.attachments.get(), monkeypatch)
    send(batch)
    assert batch.state == Batch.State.PAUSED
    assert "The attachment programme.pdf (attachments/" in batch.state_reason
    assert ledger.tally(batch).words == "6 = 0 + 6 + 0 + 0 + 0"
    assert not Waiting.objects.exists()
    assert not batch.chunks.filter(owner__isnull=False).exists()
    assert not server.mails
    mend()
    ledger.resume(batch)
    send(batch)
    assert server.languages == READS
    assert not server.twice()
    assert ledger.tally(batch).words == "6 = 6 + 0 + 0 + 0 + 0"
    assert _attached(server) == {name: [("programme.pdf", PDF)] for name in READS}


def test_file_that_goes_while_it_is_sent_is_at_hand_already(
    server: Keeping, draft: Campaign, owner: User, reads: list[str]
) -> None:
    """It is read once for all languages, before the first mail."""
    path = draft.attachments.get().path
    batch = built(launching.launch(draft, by=owner))
    reads.clear()
    server.behaviour.rules["dot"] = lambda _: stored.delete(path)
    send(batch)
    assert reads == [path]
    assert _attached(server) == {name: [("programme.pdf", PDF)] for name in READS}
    assert ledger.tally(batch).words == "6 = 6 + 0 + 0 + 0 + 0"


def test_languages_share_the_bytes_and_batches_of_the_past_give_them_back(
    draft: Campaign, owner: User, monkeypatch: pytest.MonkeyPatch, reads: list[str]
) -> None:
    batch = launching.launch(draft, by=owner)
    assert Edition.objects.filter(batch=batch).count() == 3
    reads.clear()
    kept = Contents()
    held = getattr(kept.facts(batch.pk).compiled, "held_bytes")  # noqa: B009  # of those who have it
    assert len(PDF) * 2 < held < len(PDF) * 3
    assert len(reads) == 1
    monkeypatch.setattr(contents, "_KEEP_BYTES", held * 2)
    copies = [launching.launch(launching.duplicate(draft, by=owner), by=owner) for _ in range(2)]
    reads.clear()
    for one in (batch, *copies, copies[1]):
        kept.facts(one.pk)
    assert len(reads) == 2, "what is kept is not read again"
    kept.facts(batch.pk)
    assert len(reads) == 3, "the oldest made room"


@pytest.mark.parametrize("change", ["add", "remove", "link"])
def test_change_beside_a_launch_waits_for_it_and_is_refused(
    draft: Campaign, owner: User, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """The launch has looked at the files and not frozen them yet when somebody changes them."""
    attachment = draft.attachments.get()
    looked, said = Barrier(2, timeout=60), list[str]()
    original = editions.freeze

    def freeze(*given: Any, **named: Any) -> Edition:
        looked.wait()
        return original(*given, **named)

    def other() -> None:
        changes: dict[str, Callable[[], object]] = {
            "add": lambda: attaching.add(draft, BytesIO(PDF), "late.pdf", is_linked=False, by=owner),
            "remove": lambda: attaching.remove(attachment, by=owner),
            "link": lambda: attaching.give_link(attachment, is_linked=True),
        }
        looked.wait()
        try:
            changes[change]()
        except allowed.Refused as problem:
            said.append(str(problem))
        finally:
            connection.close()

    thread = Thread(target=other)
    thread.start()
    with monkeypatch.context() as patched:
        patched.setattr(editions, "freeze", _once(freeze, original))
        batch = launching.launch(draft, by=owner)
    thread.join(60)
    assert said == ["This campaign has been launched or deleted meanwhile, so its files stay as they are."]
    edition = Edition.objects.get(batch=batch, translation_of=None)
    assert [one["name"] for one in edition.attachments] == ["programme.pdf"]
    assert stored.read(edition.attachments[0]["path"]) == PDF


def _once(first: Callable[..., Edition], then: Callable[..., Edition]) -> Callable[..., Edition]:
    """The other languages are frozen after it."""
    waiting = [first]
    return lambda *given, **named: (waiting.pop() if waiting else then)(*given, **named)
