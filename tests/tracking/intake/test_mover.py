import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from contacts.models import Contact, TrackingConsent
from delivery.models import Message
from tests.forked import Forked
from tests.lateness import Lateness
from tests.running import part
from tests.tracking.conftest import FIREFOX, Reader, Sent
from tracking.intake import mover
from tracking.intake.mover import Intake
from tracking.models import Breakdown, Engagement, Event, EventKind, Rollup, Unfolded
from tracking.public import recording, spool
from tracking.scoring import verdicts

Intakes = Callable[[], Forked]
SCANNER = "BarracudaCentral-LinkCheck/1.0"


@pytest.fixture
def start_intake(spools: Path) -> Iterator[Intakes]:
    """As a process. Whatever becomes of the test, none goes on after it: it would read the next one's spools."""
    started: list[Forked] = []

    def start() -> Forked:
        started.append(part("intake", 0, spools.parent))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def total(kind: EventKind, *, link_id: int = 0, is_machine: bool = False, of: str = "total") -> int:
    rows = Rollup.objects.filter(kind=kind, link_id=link_id, is_machine=is_machine)
    return rows.aggregate(sum=Sum(of))["sum"] or 0


def test_each_act_is_stored_once_however_often_the_intake_looks(
    reader: Reader, sent: Sent, take_in: Callable[[], int]
) -> None:
    reader("GET", sent.open())
    reader("GET", sent.click())
    assert take_in() == 2
    assert take_in() == take_in() == 0
    assert Event.objects.count() == 2
    reader("GET", sent.click())
    assert take_in() == 1
    assert Event.objects.count() == 3


def test_people_count_once_and_their_acts_every_time(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    for _ in range(2):
        for person in (0, 1):
            for link in (0, 1):
                reader("GET", sent.click(person, link))
        take_in()
    assert (total(EventKind.CLICK), total(EventKind.CLICK, of="people")) == (8, 2)
    for row in sent.links:
        assert total(EventKind.CLICK, link_id=row.id) == 4
        assert total(EventKind.CLICK, link_id=row.id, of="people") == 2


def test_machines_are_kept_beside_people(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("GET", sent.open(0), agent="Mozilla/5.0")
    reader("GET", sent.open(0))
    reader("GET", sent.click(1), agent=SCANNER)
    take_in()
    assert (total(EventKind.OPEN), total(EventKind.OPEN, is_machine=True)) == (1, 1)
    assert (total(EventKind.CLICK), total(EventKind.CLICK, is_machine=True)) == (0, 1)
    assert set(Event.objects.values_list("verdict", flat=True)) == {verdicts.APPLE_PROXY, verdicts.SCANNER, ""}


def test_head_leaves_a_trace_and_counts_nowhere(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("HEAD", sent.click())
    reader("HEAD", sent.open())
    take_in()
    assert list(Event.objects.values_list("verdict", flat=True)) == ["head", "head"]
    assert not Rollup.objects.exists()
    assert not Engagement.objects.exists()


def test_who_refused_tracking_leaves_nothing_but_may_leave(
    reader: Reader, sent: Sent, take_in: Callable[[], int]
) -> None:
    Contact.objects.filter(email=sent.messages[0].email).update(
        open_consent=TrackingConsent.REFUSED, click_consent=TrackingConsent.REFUSED
    )
    reader("GET", sent.open())
    reader("GET", sent.click())
    reader("POST", sent.unsubscribe())
    take_in()
    assert [event.kind for event in Event.objects.all()] == [EventKind.UNSUBSCRIBE]


def test_a_burst_that_comes_in_two_parts_moves_over_to_the_machines(
    reader: Reader, send: Callable[..., Sent], take_in: Callable[[], int]
) -> None:
    sent = send(links=4)
    Message.objects.filter(id=sent.messages[0].id).update(accepted_at=timezone.now() - timedelta(seconds=5))
    for link in range(4):
        reader("GET", sent.click(0, link))
        if link == 1:
            take_in()
            assert (total(EventKind.CLICK), total(EventKind.CLICK, of="people")) == (2, 1)
    reader("GET", sent.click(1, 0))
    take_in()
    assert (total(EventKind.CLICK), total(EventKind.CLICK, of="people")) == (1, 1)
    assert (total(EventKind.CLICK, is_machine=True), total(EventKind.CLICK, is_machine=True, of="people")) == (4, 1)
    for row in sent.links:
        assert total(EventKind.CLICK, link_id=row.id, is_machine=True, of="people") == 1
    lanes = Breakdown.objects.filter(by="lane").values_list("is_machine", "total", "people")
    assert sorted(lanes) == [(False, 1, 1), (True, 4, 1)]
    assert list(Breakdown.objects.filter(by="verdict").values_list("value", "total", "people")) == [
        (verdicts.BURST, 4, 1)
    ]


def test_unsubscribes_are_told_apart_by_their_way(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("POST", sent.unsubscribe(0))
    reader("POST", sent.unsubscribe(0))
    reader("POST", sent.unsubscribe(1) + "/leave")
    take_in()
    ways = Breakdown.objects.filter(by="channel").values_list("value", "total", "people")
    assert sorted(ways) == [("one-click", 2, 1), ("page", 1, 1)]


def test_a_rehearsal_is_counted_in_its_own_sums_and_folds_into_nobody(
    reader: Reader, send: Callable[..., Sent], take_in: Callable[[], int]
) -> None:
    rehearsed, real = send(rehearsal=True), send()
    for sent in (rehearsed, real):
        reader("GET", sent.click())
    take_in()
    assert {rollup.batch_id for rollup in Rollup.objects.all()} == {rehearsed.batch.id, real.batch.id}
    assert [row.contact_id for row in Unfolded.objects.all()] == [real.messages[0].contact_id]


def test_addresses_are_stored_as_neighbourhoods(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("GET", sent.open())
    take_in()
    assert Event.objects.get().ip == "192.0.2.0"


def test_a_client_with_a_wild_name_stops_nothing(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("GET", sent.open(), agent="evil\t\n\x00\\N\\.\ud7ff" + "x" * 5000)
    reader("GET", sent.open())
    take_in()
    assert Event.objects.count() == 2


def test_acts_on_messages_that_are_gone_are_passed_over(reader: Reader, sent: Sent, take_in: Callable[[], int]) -> None:
    reader("GET", sent.open(0))
    Message.objects.filter(id=sent.messages[0].id).delete()
    reader("GET", sent.open(1))
    take_in()
    assert Event.objects.count() == 1


def test_a_spool_from_another_month_finds_its_partition(sent: Sent, spools: Path, take_in: Callable[[], int]) -> None:
    spools.mkdir(parents=True)
    line = spool.encode(spool.Act(1_600_000_000.0, EventKind.OPEN, sent.messages[0].id, 0, "", "", FIREFOX))
    (spools / "left-behind.spool").write_bytes(line)
    take_in()
    assert Event.objects.get().at.year == 2020


def test_a_spool_goes_only_when_its_writer_is_gone(
    reader: Reader, sent: Sent, spools: Path, take_in: Callable[[], int]
) -> None:
    reader("GET", sent.open())
    take_in()
    assert len(list(spools.glob("*.spool"))) == 1
    recording._spool()._forget()
    reader("GET", sent.click())
    assert len(list(spools.glob("*.spool"))) == 2
    take_in()
    assert len(list(spools.glob("*.spool"))) == 1
    assert Event.objects.count() == 2


def test_a_torn_end_of_a_dead_writer_is_given_up(sent: Sent, spools: Path, take_in: Callable[[], int]) -> None:
    spools.mkdir(parents=True)
    line = spool.encode(spool.Act(time.time(), EventKind.OPEN, sent.messages[0].id, 0, "", "", FIREFOX))
    (spools / "torn.spool").write_bytes(line + line[:30])
    take_in()
    assert Event.objects.count() == 1
    assert not list(spools.glob("*.spool"))


@pytest.mark.django_db(transaction=True)
def test_two_intakes_store_each_act_once(send: Callable[..., Sent], spools: Path) -> None:
    sent = send(people=200)
    written = spool.Spool(spools)
    for number in range(3000):
        written.append(EventKind.CLICK, sent.messages[number % 200].id, sent.links[number % 2].id, "", "", FIREFOX)

    def read() -> int:
        try:
            intake = Intake(spools, block_bytes=4000)
            return sum(intake.read_all() for _ in range(20))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        stored = sum(future.result() for future in [pool.submit(read) for _ in range(3)])
    assert stored == Event.objects.count() == 3000
    assert (total(EventKind.CLICK), total(EventKind.CLICK, of="people")) == (3000, 200)


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # here there are threads, in the product none
@pytest.mark.parametrize("do_helpers_die", [False, True])
def test_spools_far_behind_are_read_side_by_side_and_each_act_is_stored_once(
    send: Callable[..., Sent], spools: Path, monkeypatch: pytest.MonkeyPatch, do_helpers_die: bool
) -> None:
    sent = send(people=50)
    for _ in range(3):
        written = spool.Spool(spools)
        for number in range(100):
            written.append(EventKind.CLICK, sent.messages[number % 50].id, sent.links[number % 2].id, "", "", FIREFOX)
        written._forget()
    monkeypatch.setattr(mover, "_CORES", 3)
    intake = Intake(spools, block_bytes=4000)
    with monkeypatch.context() as while_they_die:
        if do_helpers_die:
            while_they_die.setattr(Intake, "_help", lambda *_: os._exit(1))
        assert intake.read_all() == Event.objects.count() == (100 if do_helpers_die else 300)
    assert intake.read_all() == (200 if do_helpers_die else 0)
    assert (total(EventKind.CLICK), total(EventKind.CLICK, of="people")) == (300, 50)
    assert not list(spools.glob("*.spool"))


@pytest.mark.django_db(transaction=True)
def test_a_killed_intake_stores_each_act_once(send: Callable[..., Sent], spools: Path, start_intake: Intakes) -> None:
    """Takes seconds: real processes, killed again and again in the middle of their work."""
    sent = send(people=1000)
    written = spool.Spool(spools)
    for number in range(20_000):
        written.append(EventKind.OPEN, sent.messages[number % 1000].id, 0, "", "192.0.2.1", FIREFOX)
    for pause in (0.0, 0.1, 0.25):
        intake = start_intake()
        wait_for(lambda: is_storing() or Event.objects.count() == 20_000)  # it may have been faster than this process
        time.sleep(pause)
        intake.send_signal(signal.SIGKILL)
        intake.wait()
    intake = start_intake()
    wait_for(lambda: Event.objects.count() >= 20_000, seconds=90)
    intake.terminate()
    assert intake.wait(60) == 0
    assert Event.objects.count() == total(EventKind.OPEN) == 20_000
    assert total(EventKind.OPEN, of="people") == 1000


@pytest.mark.django_db(transaction=True)
def test_an_event_is_in_the_report_within_two_seconds_and_after_the_database_was_away(
    send: Callable[..., Sent], spools: Path, start_intake: Intakes
) -> None:
    sent = send()
    intake = start_intake()
    written = spool.Spool(spools)
    written.append(EventKind.OPEN, sent.messages[0].id, 0, "", "", FIREFOX)
    wait_for(lambda: Event.objects.count() == 1, seconds=60)  # it begins, which a busy machine is slow at
    with Lateness() as machine:
        started = time.monotonic()
        written.append(EventKind.OPEN, sent.messages[1].id, 0, "", "", FIREFOX)
        wait_for(lambda: Event.objects.count() == 2, seconds=60)
        assert time.monotonic() - started < 2 + machine.allowed
    with connection.cursor() as cursor:  # what a restart does to a client
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    written.append(EventKind.OPEN, sent.messages[2].id, 0, "", "", FIREFOX)
    wait_for(lambda: Event.objects.count() == 3, seconds=60)
    intake.terminate()
    assert intake.wait(60) == 0


def is_storing() -> bool:
    """Whether somebody else is in the middle of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend' AND xact_start IS NOT NULL"
        )
        return cursor.fetchone() is not None


def wait_for(met: Callable[[], Any], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.05)
