"""Compiling outside the web process: whatever a child does, the asking process gets an answer."""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from campaigns.compiling.workshop import Busy, Died, Workshop
from tests.running import until


@pytest.fixture(scope="module")
def workshop() -> Iterator[Workshop]:
    opened = Workshop("tests.campaigns.compiling.greedy_steps")
    yield opened
    opened.close()


def test_job_runs_in_a_process_of_its_own_that_knows_no_settings(workshop: Workshop) -> None:
    first, second = (workshop.run("echo", {"say": "é"}) for _ in range(2))
    assert first["said"] == second["said"] == "é"
    assert len({first["process"], second["process"], os.getpid()}) == 3
    assert not {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "REDIS_URL", "TALLYPOST_VAR"} & set(first["secrets"])


def test_job_that_never_ends_dies_after_two_seconds_of_computing(workshop: Workshop) -> None:
    """Takes as long as the limit, on a busy machine longer."""
    with pytest.raises(Died) as death:
        workshop.run("count", {})
    assert death.value.of == "time"
    assert workshop.run("echo", {"say": "on"})["said"] == "on"


def test_job_that_hoards_memory_dies(workshop: Workshop) -> None:
    assert workshop.run("hoard", {"bytes": 100_000_000}) == {"bytes": 100_000_000}
    with pytest.raises(Died) as death:
        workshop.run("hoard", {"bytes": 400_000_000})
    assert death.value.of == "memory"


def test_answer_beyond_the_limit_is_not_taken(workshop: Workshop) -> None:
    assert len(workshop.run("talk", {"bytes": 1_000_000})["words"]) == 1_000_000
    with pytest.raises(Died):
        workshop.run("talk", {"bytes": 5_000_000})


def test_job_that_raises_is_told_from_one_that_is_too_slow(workshop: Workshop) -> None:
    with pytest.raises(Died) as death:
        workshop.run("stumble", {})
    assert death.value.of == ""


def test_job_cannot_open_a_connection(workshop: Workshop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert workshop.run("call_out", {"port": server.getsockname()[1]})["refused"] == "Too many open files"


def test_sleeping_job_holds_up_no_other(workshop: Workshop, tmp_path: Path) -> None:
    """Another one is answered while it sleeps."""
    bed = tmp_path / "bed"
    with ThreadPoolExecutor() as threads:
        sleeping = threads.submit(workshop.run, "doze", {"bed": str(bed)})
        until(bed.exists)
        workshop.run("echo", {"say": "quick"})
        assert not sleeping.done()
        bed.rmdir()
        assert sleeping.result() == {"woken": True}


def test_many_jobs_at_once_are_all_answered(workshop: Workshop) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda number: workshop.run("echo", {"say": number})["said"], range(40))
        assert list(answers) == list(range(40))


def test_workshop_whose_server_has_gone_begins_another(workshop: Workshop) -> None:
    workshop.run("echo", {"say": 1})
    workshop.close()
    assert workshop.run("echo", {"say": 2})["said"] == 2


def test_server_that_cannot_start_is_said_to_be_busy() -> None:
    broken = Workshop("tests.campaigns.compiling.no_such_steps")
    with pytest.raises(Busy):
        broken.run("echo", {"say": 1})
    broken.close()
