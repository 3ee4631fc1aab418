"""What can go wrong. Each does its harm, yields the seconds that it lasts, and takes it back if that is possible."""

import contextlib
import os
import resource
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psutil

from delivery.engine import journal
from tests.chaos.arena import CONNECTIONS, Arena, Flight

Harm = Callable[[Arena, Flight, Random], Iterator[float]]


@dataclass(frozen=True)
class Fault:
    words: str
    harm: Harm
    weight: int
    is_long: bool = False  # a minute: at most one a round
    needs_disk: bool = False
    standstill_at_most: float | None = None  # seconds, when it is the only fault of its round


def kill_child(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    arena.allowed += CONNECTIONS
    arena.kill(_sender(arena, dice))
    yield 0


def kill_parent(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    arena.allowed += CONNECTIONS
    arena.kill(arena.processes("bulk")[0])
    yield 0


def kill_warmed(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    """The parent of all parts; web server, beat and workers are told to end, and all come back."""
    arena.allowed += CONNECTIONS
    arena.kill(arena.service("warmed"))
    yield 0


def kill_control(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    arena.kill(dice.choice(arena.processes("control", at_least=2)))
    yield 0


def kill_intake(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    arena.kill(arena.processes("intake")[0])
    yield 0


def kill_web(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    """One of those that answer on the public port, while readers open and click."""
    arena.kill(dice.choice(arena.listening()))
    yield 0


def kill_feedback(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    """What reads the bounces that come while it is sent; servers have to hand in again what it had not taken."""
    arena.kill(arena.processes("feedback")[0])
    yield 0


def kill_beat(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    arena.kill(arena.service("beat"))
    yield 0


def kill_redis(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    arena.kill(arena.service("redis"))
    yield 0


def kill_postgres(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    arena.kill(arena.service("postgres"))
    yield 0


def end_sessions(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    """Half of the database's at a time, by turns any and those in the middle of something."""
    query = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND datname = current_database() AND random() < 0.5
        AND (%s OR state <> 'idle')
    """
    for _ in range(dice.randrange(5, 20)):
        arena.sql(query, dice.random() < 0.3)
        yield dice.uniform(0.02, 0.4)


def stop_server(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    arena.allowed += CONNECTIONS
    arena.stop_receiving()
    yield dice.uniform(0.5, 8)
    arena.receive(arena.delay_ms)


def pause(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    flight.press("pause", "paused")
    yield dice.uniform(0.2, 6)
    flight.press("resume", "sending")


def doze(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    """Past its lease, but not so long that recovery kills it: it must notice by itself."""
    arena.allowed += CONNECTIONS
    sleeper = psutil.Process(_sender(arena, dice))
    sleeper.send_signal(signal.SIGSTOP)
    yield dice.uniform(32, 50)
    with contextlib.suppress(psutil.NoSuchProcess):
        sleeper.send_signal(signal.SIGCONT)


def never_wake(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    """Recovery has to kill it to know what it sent."""
    arena.allowed += CONNECTIONS
    sleeper = psutil.Process(_sender(arena, dice))
    holds = arena.sql("SELECT count(*) FROM delivery_chunk WHERE owner IS NOT NULL AND NOT is_done")[0][0]
    sleeper.send_signal(signal.SIGSTOP)
    yield 1
    while holds and _holds_something(arena, sleeper.pid):
        yield 1
    with contextlib.suppress(psutil.NoSuchProcess):
        sleeper.send_signal(signal.SIGCONT)


def lose_journal(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    """Killed, and its journal gone before anybody could read it: all that its windows allowed is uncertain."""
    pid = _sender(arena, dice)
    os.kill(pid, signal.SIGSTOP)
    path = _journal_of(arena, pid)
    if path is not None:
        query = (
            "SELECT coalesce(sum(least(size, window_end)), 0) FROM delivery_chunk WHERE journal = %s AND NOT is_done"
        )
        arena.allowed += CONNECTIONS + int(arena.sql(query, path.name)[0][0])
        path.unlink()
    arena.kill(pid)
    yield 0


def break_journal(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    """Nothing more can be written to it, as on a disk that fails."""
    arena.allowed += CONNECTIONS
    pid = _sender(arena, dice)
    with contextlib.suppress(ProcessLookupError):
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (8192, before[1]))
        yield dice.uniform(2, 6)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def fill_disk(arena: Arena, flight: Flight, dice: Random) -> Iterator[float]:
    """And a worker dies, so that a new one needs room for its journal."""
    assert arena.disk
    filler = arena.disk / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(arena.disk)
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize)
    arena.allowed += CONNECTIONS
    arena.kill(_sender(arena, dice))
    yield dice.uniform(4, 10)
    filler.unlink()


# The death of one process: the campaign goes on before anybody has had time to look.
PROMPT = 10.0
FAULTS = (
    Fault("worker killed", kill_child, 5, standstill_at_most=PROMPT),
    Fault("workers' parent killed", kill_parent, 3, standstill_at_most=PROMPT),
    Fault("warmed parent of all parts killed", kill_warmed, 2),
    Fault("control killed", kill_control, 2, standstill_at_most=PROMPT),
    Fault("web process killed", kill_web, 3, standstill_at_most=PROMPT),
    Fault("intake killed", kill_intake, 2, standstill_at_most=PROMPT),
    Fault("feedback killed", kill_feedback, 2, standstill_at_most=PROMPT),
    Fault("beat killed", kill_beat, 1, standstill_at_most=PROMPT),
    Fault("Redis killed", kill_redis, 4, standstill_at_most=PROMPT),
    Fault("PostgreSQL killed", kill_postgres, 4, standstill_at_most=PROMPT),
    Fault("database sessions ended", end_sessions, 4),
    Fault("server stopped", stop_server, 4),
    Fault("paused", pause, 3),
    Fault("journal failing", break_journal, 2),
    Fault("journals' disk full", fill_disk, 3, needs_disk=True),
    Fault("worker asleep past its lease", doze, 2, is_long=True),
    Fault("worker asleep for good", never_wake, 2, is_long=True),
    Fault("worker and journal lost", lose_journal, 2, is_long=True),
)


SINGLE = [fault for fault in FAULTS if fault.standstill_at_most is not None]


def plan(dice: Random, count: int, *, has_disk: bool) -> list[Fault]:
    """Some faults, at most one of them a long one."""
    menu = [fault for fault in FAULTS if has_disk or not fault.needs_disk]
    chosen: list[Fault] = []
    while len(chosen) < count:
        fault = dice.choices(menu, [f.weight for f in menu])[0]
        if fault.is_long and any(f.is_long for f in chosen):
            continue
        chosen.append(fault)
    return chosen


def _sender(arena: Arena, dice: Random) -> int:
    """A child of the bulk worker; one that is at work, if one is."""
    children = arena.processes("bulk", at_least=3)[1:]
    return dice.choice([pid for pid in children if _holds_something(arena, pid)] or children)


def _holds_something(arena: Arena, pid: int) -> bool:
    path = _journal_of(arena, pid)
    query = "SELECT 1 FROM delivery_chunk WHERE journal = %s AND owner IS NOT NULL AND NOT is_done"
    return path is not None and bool(arena.sql(query, path.name))


def _journal_of(arena: Arena, pid: int) -> Path | None:
    for path in (arena.product.var / "journal").glob("*.journal"):
        owner = journal.read_owner(path)
        if owner is not None and owner.pid == pid and owner.is_running:
            return path
    return None
