"""How fast the intake stores what stands in a spool, with first times and all sums: part of `bench track`."""

import time
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import psutil

_SECONDS_BETWEEN = 0.5  # between acts: a newsletter is read over hours, and what comes all at once looks like a program
_PROGRAMS = 60


def measure(batch_id: int, events: int) -> dict[str, Any]:
    """By the clock with two spools, as two web processes write them; processor time with one, whose reader and database
    session take turns: together they say what a core does.
    """
    from django.conf import settings
    from django.db import connection

    from tracking.intake.mover import Intake

    folder = Path(settings.SPOOL_DIR)
    intake = Intake(folder)
    _write(folder, ["warm"], batch_id, 2_000)
    intake.read_all()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tracking_event, tracking_engagement")
    _write(folder, ["measured"], batch_id, events)
    session = psutil.Process(connection.connection.info.backend_pid)
    ours, there = time.process_time(), _spent(session)
    stored = intake.read_all()
    ours, there = time.process_time() - ours, _spent(session) - there
    _write(folder, ["one", "two"], batch_id, 2 * events)
    began = time.monotonic()
    stored_by_two = intake.read_all()
    return {
        "intake_events_per_s": round(stored_by_two / (time.monotonic() - began)),
        "intake_events_per_core_s": round(stored / (ours + there)),
        "intake_us_each": round(ours / stored * 1e6, 1),
        "intake_database_us_each": round(there / stored * 1e6, 1),
    }


def _write(folder: Path, names: list[str], batch_id: int, events: int) -> None:
    """Two opens to a click, by everybody, in their order over the last hours, spread over the spools `names`."""
    from delivery.models import Message
    from tracking.models import EventKind, Link
    from tracking.public import spool

    dice = Random(names[0])
    messages = list(Message.objects.filter(batch=batch_id).values_list("id", flat=True))
    links = list(Link.objects.filter(batch=batch_id).values_list("id", flat=True))
    first = time.time() - events * _SECONDS_BETWEEN
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        files = [stack.enter_context((folder / f"{name}.spool").open("wb")) for name in names]
        for number in range(events):
            kind, link = (EventKind.OPEN, 0) if number % 3 else (EventKind.CLICK, dice.choice(links))
            at, ip = first + number * _SECONDS_BETWEEN, f"192.0.{number % 250}.{number % 77}"
            agent = f"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/{dice.randrange(_PROGRAMS)}.0"
            act = spool.Act(at, kind, dice.choice(messages), link, "", ip, agent)
            dice.choice(files).write(spool.encode(act))


def _spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
