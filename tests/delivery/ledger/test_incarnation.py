"""A backup that is played back, or a copy that is started beside the original, mails nobody a second time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from contacts.models import MailingList
from delivery import dispatch, incarnation, ledger
from delivery.models import Batch, Provider
from tests.delivery.ledger.conftest import built

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def sending(provider: Provider, people: Callable[[int], MailingList]) -> Batch:
    batch = built(provider, people(5))
    dispatch.tick()
    return batch


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def state_of(batch: Batch) -> str:
    batch.refresh_from_db()
    return batch.state


def test_a_database_that_goes_on_is_left_alone(sending: Batch) -> None:
    for _ in range(3):
        incarnation.guard()
    assert state_of(sending) == Batch.State.SENDING


def test_a_restored_database_stops_and_asks_once(sending: Batch) -> None:
    for _ in range(5):
        incarnation.guard()
    sql("UPDATE delivery_incarnation SET beat = 2, beat_at = now() - interval '1 day'")
    incarnation.guard()
    assert state_of(sending) == Batch.State.PAUSED
    assert "second time" in sending.state_reason
    ledger.resume(sending)
    incarnation.guard()
    assert state_of(sending) == Batch.State.SENDING


def test_a_copy_in_another_place_stops_and_asks_once(sending: Batch, settings: Any, tmp_path: Path) -> None:
    incarnation.guard()
    sql("UPDATE delivery_incarnation SET beat_at = now() - interval '1 hour'")
    settings.VAR_DIR = tmp_path / "elsewhere"
    settings.VAR_DIR.mkdir()
    incarnation.guard()
    assert state_of(sending) == Batch.State.PAUSED
    ledger.resume(sending)
    incarnation.guard()
    assert state_of(sending) == Batch.State.SENDING


def test_a_second_host_for_the_same_database_stops_nothing(sending: Batch, settings: Any, tmp_path: Path) -> None:
    incarnation.guard()
    settings.VAR_DIR = tmp_path / "second"
    settings.VAR_DIR.mkdir()
    for place in (tmp_path / "second", tmp_path, tmp_path / "second"):
        settings.VAR_DIR = place
        incarnation.guard()
    assert state_of(sending) == Batch.State.SENDING


def test_a_file_that_cannot_be_kept_or_read_stops_nothing(sending: Batch, var: Path) -> None:
    incarnation.guard()
    (var / "incarnation").write_text("rubbish")
    incarnation.guard()
    (var / "incarnation").unlink()
    (var / "incarnation").mkdir()
    incarnation.guard()
    assert state_of(sending) == Batch.State.SENDING
