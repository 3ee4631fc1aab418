"""The product's own processes for a measurement, and what they use of the machine."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from bench.stage import ROOT

_ROLES = (
    ("smtp-sink", "sink"),
    ("bench.sink", "sink"),
    ("smtp-source", "source"),
    ("bulk@", "worker"),
    ("transactional@", "transactional"),
    ("control@", "dispatcher"),
    ("jobs@", "jobs"),
    ("-A config beat", "beat"),
    ("redis", "redis"),
    ("postgres", "database"),
)


@contextmanager
def sending(
    workers: int, environment: dict[str, str], *, transactional: bool = False
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers, dispatcher, jobs and beat; the first is the parent of the workers that send."""
    with ExitStack() as stack:
        queues = {"bulk": workers, "control": 1, "jobs": 1} | ({"transactional": 1} if transactional else {})
        started = [
            stack.enter_context(celery("config", ["-Q", queue, "-c", str(count)], environment))
            for queue, count in queues.items()
        ]
        yield [*started, stack.enter_context(_beat(environment))]


def must_run(*processes: subprocess.Popen[bytes]) -> None:
    """End the measurement when one of them has ended: what it waits for would never come."""
    for process in processes:
        if process.poll() is not None:
            raise SystemExit(f"Not measured: a process ended with {process.returncode}: {process.args!r}")


@contextmanager
def celery(app: str, options: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    name = f"{options[1]}@bench"
    quiet = ["-l", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat", "-n", name]
    command = [sys.executable, "-W", "ignore", "-m", "celery", "-q", "-A", app, "worker", *options, *quiet]
    with (Path(environment["TALLYPOST_VAR"]) / "celery.log").open("ab") as log:
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(60)


@contextmanager
def _beat(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    schedule = f"{environment['TALLYPOST_VAR']}/beat"
    command = [sys.executable, "-m", "celery", "-q", "-A", "config", "beat", "-l", "ERROR", "-s", schedule]
    beat = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield beat
    finally:
        beat.terminate()
        beat.wait(30)


def cpu_by_role() -> Counter[str]:
    """Seconds of processor time used so far by each part, and by this process."""
    used: Counter[str] = Counter()
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        try:
            times, words = process.cpu_times(), " ".join(process.cmdline())
            spent = times.user + times.system
            role = "measuring" if process.pid == psutil.Process().pid else _role(words)
            # The postmaster's ended children are its own.
            used[role] += spent + (times.children_user + times.children_system if role == "database" else 0.0)
        except psutil.NoSuchProcess:
            continue
    return used


def memory(parent: subprocess.Popen[bytes]) -> int:
    """Of the largest child, in bytes.

    The kernel names the children: psutil would look at every process of the machine each time, beside what is measured.
    """
    sizes = [0]
    for child in Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split():
        with suppress(psutil.NoSuchProcess):
            sizes.append(int(psutil.Process(int(child)).memory_info().rss))
    return max(sizes)


def _role(words: str) -> str:
    return next((role for part, role in _ROLES if part in words), "other")
