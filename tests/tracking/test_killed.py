"""Web process and intake are killed once, and every database session ended: whoever was answered is stored once.

Takes seconds: real processes. PostgreSQL itself is killed in `make chaos`; the tests' server has other users.
"""

import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Count

from delivery import tokens
from tests.chaos.reading import Reader, problems, wait_until_stored
from tests.forked import Forked
from tests.running import free_port, part, until
from tests.tracking.conftest import Sent
from tracking.models import Event


def kill_a_worker(web: Forked) -> None:
    workers = psutil.Process(web.pid).children()
    next(one for one in workers if "resource_tracker" not in " ".join(one.cmdline())).send_signal(signal.SIGKILL)


def end_all_sessions() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def wait_for_answers(readers: list[Reader]) -> None:
    """Ten more, of all together: one may wait for a process that was killed."""
    enough = sum(len(reader.answered) for reader in readers) + 10
    until(lambda: sum(len(reader.answered) for reader in readers) >= enough, 90)


def stored() -> dict[str, int]:
    return dict(Event.objects.values_list("user_agent").annotate(Count("id")))


@pytest.mark.django_db(transaction=True)
def test_whoever_was_answered_is_stored_once_though_everything_is_killed(
    send: Callable[..., Sent], spools: Path
) -> None:
    sent, port = send(people=60), free_port()
    mails = [(message.id, sent.links[at % 2].id) for at, message in enumerate(sent.messages)]
    web, intake = part("web", port, spools.parent, cores=2), part("intake", port, spools.parent)
    readers = [Reader(port, tokens.Sealer(settings.TOKEN_KEY.split(",")), str(number)) for number in range(3)]
    try:
        for number, reader in enumerate(readers):
            reader.offer(mails[number::3])
            reader.start()
        for harm in (partial(kill_a_worker, web), intake.kill, end_all_sessions):
            wait_for_answers(readers)
            harm()
        intake.wait()
        intake = part("intake", port, spools.parent)
        time.sleep(1)
        for reader in readers:
            reader.stop()
        asked = [agent for reader in readers for agent in reader.asked]
        answered = {agent for reader in readers for agent in reader.answered}
        assert problems(wait_until_stored(stored, answered, 60), asked, answered) == []
    finally:
        for process in (web, intake):
            process.terminate()
            process.wait(60)
