"""The feedback process at work: groups, children, and what one report must not do to the others."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, DataError, connection

from delivery.feedback import acting, intake, settling
from delivery.feedback.process import Work
from delivery.feedback.reading.readers import Readers
from delivery.guards import readiness
from delivery.models import Returned
from tests.delivery.feedback.returned import bounce, full, line, mailed

pytestmark = pytest.mark.django_db

State = Returned.State


@pytest.fixture
def work() -> Any:
    made = Work()
    yield made
    made.close()


def take(*raws: bytes) -> None:
    intake.take([intake.Item(raw) for raw in raws], way=Returned.Way.PIPE, source="pipe")


def all_of(work: Work) -> None:
    while work.step():
        pass


def test_groups_are_read_ahead_and_each_report_counts_once(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "AT_ONCE", 7)
    messages = [mailed(email=f"p{n}@example.org") for n in range(20)]
    take(*(bounce(message) for message in messages))
    all_of(work)
    assert [line(message).hard for message in messages] == [1] * 20
    assert not Returned.objects.filter(due_at__isnull=False).exists()


def test_what_somebody_else_settled_while_it_was_read_is_left_alone(work: Work) -> None:
    message = mailed()
    take(bounce(message))
    work.step()  # begins to read
    settling.settle_now(Returned.objects.values_list("pk", flat=True))
    Returned.objects.update(words="settled by the other")
    all_of(work)
    assert Returned.objects.get().words == "settled by the other"
    assert line(message).hard == 1


def test_two_children_read_in_the_order_that_was_given() -> None:
    messages = [mailed(email=f"p{n}@example.org") for n in range(60)]
    readers = Readers()
    try:
        answers = list(readers.begin([bounce(message) for message in messages]).answers())
    finally:
        readers.close()
    assert [answer.findings[0].recipient for answer in answers if answer] == [message.email for message in messages]


def test_a_child_that_is_killed_costs_one_report_and_no_more(work: Work) -> None:
    take(bounce(mailed()))
    all_of(work)
    child = work._readers._readers[0]._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    messages = [mailed(email=f"p{n}@example.org") for n in range(5)]
    take(*(bounce(message) for message in messages))
    all_of(work)
    assert sum(line(message).hard for message in messages) >= 4


@pytest.mark.parametrize("problem", [DataError("cannot be stored"), TypeError("no text"), UnicodeError("half a pair")])
def test_one_report_that_cannot_be_acted_upon_keeps_no_other_back(
    work: Work, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    messages = [mailed(email=f"p{n}@example.org") for n in range(3)]
    take(*(bounce(message) for message in messages))
    real = acting.act

    def refuse(given: Any) -> Any:
        if any(told.message_id == messages[1].pk for told in given):
            raise problem
        return real(given)

    monkeypatch.setattr(acting, "act", refuse)
    all_of(work)
    states = list(Returned.objects.order_by("pk").values_list("state", flat=True))
    assert states == [State.COUNTED, State.UNREADABLE, State.COUNTED]


def test_group_that_the_database_did_not_take_is_read_again(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    message = mailed()
    take(full(message))
    work.step()
    with monkeypatch.context() as patch:
        patch.setattr(acting, "act", _away)
        with pytest.raises(DatabaseError):
            work.step()
    work.forget()
    all_of(work)
    assert line(message).soft == 1


def _away(given: Any) -> Any:
    raise DatabaseError("away")


def test_flood_of_large_mails_is_read_in_small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_BYTES_AT_ONCE", 2_500)
    take(*(b"Subject: %d\r\n\r\n" % n + b"x" * 1_000 for n in range(5)), b"Subject: huge\r\n\r\n" + b"x" * 9_000)
    first = settling.due()
    assert len(first) == 2
    assert len(settling.due(beside=first)) == 2
    Returned.objects.filter(pk__lt=Returned.objects.order_by("-pk")[0].pk).delete()
    assert len(settling.due()) == 1  # one is always taken


def test_a_second_process_on_the_same_var_folder_says_which_one_runs(settings: Any, tmp_path: Path) -> None:
    settings.RUN_DIR = tmp_path / "run"
    with readiness.alone("feedback"), pytest.raises(CommandError, match=f"as process {os.getpid()}: stop that one"):
        call_command("feedback")
    with readiness.alone("feedback"):
        pass  # once the first has ended


@pytest.mark.django_db(transaction=True)
def test_words_that_no_database_holds_are_counted_without_them(work: Work) -> None:
    message = mailed()
    threads = threading.active_count()  # those of tests before this one, too
    take(
        bounce(
            message,
            words="550 5.1.1 User unknown \x00 \udcff \u202e end".encode("utf-8", "surrogatepass").decode("latin-1"),
        )
    )
    all_of(work)
    assert line(message).hard == 1
    assert threading.active_count() < threads + 20
    connection.close()
