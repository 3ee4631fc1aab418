"""A backup that is played back, or a copy that is started beside the original, mails nobody a second time."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from contacts.models import MailingList
from delivery import ledger, tasks
from delivery.dispatch import tick
from delivery.guards import incarnation
from delivery.models import Batch, Provider
from delivery.workers import turns
from tests.delivery.checkpoints import claim
from tests.delivery.ledger.conftest import built
from tests.running import database_url

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    restart()
    return tmp_path


@pytest.fixture
def sending(provider: Provider, people: Callable[[int], MailingList]) -> Batch:
    batch = built(provider, people(5))
    tick.tick()
    for _ in range(5):
        assert incarnation.guard()
    return batch


def restart() -> None:
    """Another process looks next."""
    incarnation._seen = None


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def state_of(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.state


def stops_and_asks_once(batch: Batch) -> None:
    restart()
    assert incarnation.guard()
    assert state_of(batch) == Batch.State.PAUSED
    assert "second time" in batch.state_reason
    ledger.resume(batch)
    for _ in range(2):
        restart()
        assert incarnation.guard()
    assert state_of(batch) == Batch.State.SENDING


def goes_on(batch: Batch) -> None:
    restart()
    assert incarnation.guard()
    assert state_of(batch) == Batch.State.SENDING


def noted_elsewhere(var: Path, **changes: str) -> None:
    """As if the folder with its file had been copied here from another place."""
    stored = json.loads((var / "incarnation").read_text())
    stored["place"] |= changes
    (var / "incarnation").write_text(json.dumps(stored))


def test_a_database_that_goes_on_is_left_alone(sending: Batch) -> None:
    goes_on(sending)


def test_a_restored_database_stops_and_asks_once(sending: Batch) -> None:
    sql("UPDATE delivery_incarnation SET beat = 2, beat_at = now() - interval '1 day'")
    stops_and_asks_once(sending)


def test_what_was_paused_in_a_restored_database_says_that_it_may_have_gone_on_since(sending: Batch) -> None:
    ledger.pause(sending, "Too many addresses do not exist.")
    sql("UPDATE delivery_incarnation SET beat = 2")
    restart()
    assert incarnation.guard()
    assert state_of(sending) == Batch.State.PAUSED
    assert "second time" in sending.state_reason
    assert "Too many addresses" in sending.state_reason, "that still holds too"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_breaks_off_before_the_commit_is_no_restored_one(
    sending: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = incarnation._judge

    def broken_off(cursor: Any, *known: Any) -> Any:
        seen = counted(cursor, *known)
        with psycopg.connect(database_url()) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [cursor.connection.info.backend_pid])
        return seen

    with monkeypatch.context() as patch:
        patch.setattr(incarnation, "_judge", broken_off)
        with pytest.raises(OperationalError):
            incarnation.guard()
    connection.close()  # as a worker does before the next task
    assert incarnation.guard()
    assert state_of(sending) == Batch.State.SENDING


def test_a_database_restored_under_a_running_process_stops(sending: Batch, var: Path) -> None:
    (var / "incarnation").unlink()
    sql("UPDATE delivery_incarnation SET beat = 2")
    assert incarnation.guard()
    assert state_of(sending) == Batch.State.PAUSED


def test_a_copy_in_another_place_stops_and_asks_once(sending: Batch, settings: Any, tmp_path: Path) -> None:
    sql("UPDATE delivery_incarnation SET beat_at = now() - interval '50 minutes'")
    settings.VAR_DIR = tmp_path / "elsewhere"
    settings.VAR_DIR.mkdir()
    stops_and_asks_once(sending)


def test_a_copy_of_everything_in_another_folder_stops_and_asks_once(
    sending: Batch, settings: Any, tmp_path: Path
) -> None:
    sql("UPDATE delivery_incarnation SET beat_at = now() - interval '2 minutes'")
    settings.VAR_DIR = tmp_path / "copy"
    settings.VAR_DIR.mkdir()
    (settings.VAR_DIR / "incarnation").write_bytes((tmp_path / "incarnation").read_bytes())
    stops_and_asks_once(sending)


@pytest.mark.parametrize("changes", [{"machine": "another", "boot": "another"}, {"inode": "1:1"}])
def test_a_copy_of_everything_on_another_machine_or_disk_stops_and_asks_once(
    changes: dict[str, str], sending: Batch, var: Path
) -> None:
    sql("UPDATE delivery_incarnation SET beat_at = now() - interval '2 minutes'")
    noted_elsewhere(var, **changes)
    stops_and_asks_once(sending)


def test_a_copy_started_at_once_sends_nothing_until_it_is_known_for_one(sending: Batch, var: Path) -> None:
    noted_elsewhere(var, folder="/srv/original")
    for _ in range(3):
        restart()
        assert not incarnation.guard()
    sql("UPDATE delivery_incarnation SET beat_at = now() - interval '61 seconds'")
    stops_and_asks_once(sending)


def test_a_restarted_machine_goes_on(sending: Batch, var: Path) -> None:
    sql("UPDATE delivery_incarnation SET beat_at = now() - interval '5 minutes'")
    noted_elsewhere(var, boot="before", inode="1:1")
    goes_on(sending)
    noted_elsewhere(var, boot="before", machine="")
    goes_on(sending)


def test_after_a_long_silence_it_stops_and_asks_once(sending: Batch) -> None:
    """Database and files may have been played back together."""
    later = built(sending.provider, MailingList.objects.get(pk=sending.lists[0]), group="other")  # type: ignore[arg-type]
    tomorrow = timezone.now() + timedelta(days=1)
    Batch.objects.filter(pk=later.pk).update(not_before=tomorrow, hold_until=tomorrow)
    sql("UPDATE delivery_incarnation SET beat_at = now() - interval '2 hours'")
    assert incarnation.guard(), "a machine that slept goes on"
    assert state_of(sending) == Batch.State.SENDING
    sql("UPDATE delivery_incarnation SET beat_at = now() - interval '2 hours'")
    stops_and_asks_once(sending)
    assert state_of(later) == Batch.State.HELD, "its time is still to come"


def test_a_second_host_for_the_same_database_stops_nothing(sending: Batch, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    settings.VAR_DIR = tmp_path / "second"
    restart()
    assert not incarnation.guard(), "it may be a copy"
    sql("UPDATE delivery_incarnation SET beat = beat + 1, beat_at = now()")  # the first host
    assert incarnation.guard()
    for place in (tmp_path, tmp_path / "second"):
        settings.VAR_DIR = place
        goes_on(sending)


def test_a_file_that_cannot_be_kept_or_read_stops_nothing(sending: Batch, var: Path) -> None:
    (var / "incarnation").write_text("rubbish")
    assert incarnation.guard()
    (var / "incarnation").unlink()
    (var / "incarnation").mkdir()
    for _ in range(3):
        assert incarnation.guard()
    assert state_of(sending) == Batch.State.SENDING


def test_a_file_of_an_earlier_version_is_understood(sending: Batch, var: Path) -> None:
    stored = json.loads((var / "incarnation").read_text())
    (var / "incarnation").write_text(f"{stored['name']} {stored['beat']}\n")
    goes_on(sending)
    sql("UPDATE delivery_incarnation SET beat = 1")
    stops_and_asks_once(sending)


def test_a_turn_that_was_queued_before_the_restore_sends_nothing(sending: Batch, monkeypatch: Any) -> None:
    """Its offer still holds, and no tick has looked yet."""
    taken: list[str] = []
    monkeypatch.setattr(turns, "take", lambda *_: taken.append(state_of(sending)))
    assert claimable(sending)
    sql("UPDATE delivery_incarnation SET beat = 2")
    restart()
    tasks.turn(provider_id=sending.provider_id or 0, stream=sending.stream)
    assert taken == [Batch.State.PAUSED]
    assert claim(sending) is None


def claimable(batch: Batch) -> bool:
    return batch.chunks.filter(offered_until__gt=timezone.now()).exists()
