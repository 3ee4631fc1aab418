"""`python -m tests.chaos [--rounds 20] [--seed 1] [--people 4000]`: campaigns are sent while everything is killed.

The whole product runs as `make run` starts it, and a server on loopback writes down every mail before it accepts it.
Workers, control, web processes, intake, Redis and PostgreSQL are killed, sessions of the database ended, workers
stopped past their lease, the server is stopped, the campaign paused and resumed, the disk of the journals filled. In
the first rounds one process alone is killed, each kind once, and the campaign must go on within ten seconds. A round
whose harm missed the sending is void and repeated. Meanwhile readers open and click what has come: whoever was answered
must be stored exactly once. Ends with one line, and with 1 when anybody got a mail twice or was lost, a reader was lost
or counted twice, or one death held up the campaign for longer.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from tests.chaos.rounds import Report

TRIES = 4


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=4000)
    parser.add_argument("--only", type=int, help="play this round alone")
    parser.add_argument("--keep", action="store_true", help="leave the folder with the logs behind")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    begun = time.monotonic()
    with _folder(keep=arguments.keep) as folder:
        os.environ.update(TALLYPOST_VAR=str(folder / "var"), DJANGO_SETTINGS_MODULE="config.settings")
        django.setup()
        reports = list(_play(folder, arguments))
    return _sum(reports, time.monotonic() - begun)


def _play(folder: Path, arguments: argparse.Namespace) -> "Iterator[Report]":
    from tests.chaos.arena import build
    from tests.chaos.faults import SINGLE, plan
    from tests.chaos.rounds import play

    numbers = [arguments.only] if arguments.only else range(1, arguments.rounds + 1)
    with build(folder, arguments.people) as arena:
        if arena.disk is None:
            _say("The disk of the journals is not filled: mounting one is not allowed here.")
        for number in numbers:
            for attempt in range(TRIES):
                dice = Random(f"{arguments.seed} {number} {attempt}")
                if number <= len(SINGLE):
                    faults = [SINGLE[number - 1]]
                else:
                    faults = plan(dice, dice.randint(2, 5), has_disk=arena.disk is not None)
                report = play(arena, dice, faults)
                _say(f"round {number}: {report.words}")
                yield report
                if not report.is_void:
                    break


def _sum(reports: "list[Report]", seconds: float) -> int:
    void = [report for report in reports if report.is_void]
    played = [report for report in reports if not report.is_void]
    is_good = bool(played) and all(report.is_good for report in reports)
    _say(
        f"{len(played)} rounds ({len(void)} void repeated), {sum(r.messages for r in played):,} messages, "
        f"{sum(r.duplicates for r in reports)} duplicates, {sum(r.lost for r in reports)} lost, "
        f"{sum(r.bounces for r in played):,} bounces handed in, "
        f"{sum(r.read for r in played):,} opens and clicks answered, {_told(played)}, "
        f"{sum(r.uncertain for r in played)} uncertain (at most {sum(r.allowed for r in played)} by the harm done), "
        f"{sum(r.looks for r in played):,} looks, {sum(len(r.untrue) for r in reports)} tallies wrong, "
        f"{seconds:.0f} s: {'good' if is_good else 'BAD'}"
    )
    return 0 if is_good else 1


def _told(played: "list[Report]") -> str:
    wrong = sum("opens and clicks" in problem for report in played for problem in report.problems)
    return f"in {wrong} rounds not stored once" if wrong else "each stored once"


@contextmanager
def _folder(*, keep: bool) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tallypost-chaos-"))
    folder.chmod(0o755)  # the database's own account walks through it
    try:
        yield folder
    finally:
        if keep:
            _say(f"Logs are in {folder / 'var' / 'log'}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
