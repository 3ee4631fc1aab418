"""What Tallypost takes while nothing is to be done: processes, memory, processor time; and how soon a page comes.

The whole product is started as `make run` does, stopped, and started again: the second start is the one that people
wait for. `--checkout` measures another version of it in the same minutes, `--rounds` how often in turn.
"""

import argparse
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from bench.stage import ROOT

SLOWEST_START, SLOWEST_STOP = 300, 120
BUSY = 0.15  # of one core: more is spent while processes start
_PAGE_EVERY = 0.05


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench idle", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=20, help="for which processor time is counted")
    parser.add_argument("--settle", type=float, default=20, help="seconds of rest before it is looked at")
    parser.add_argument("--rounds", type=int, default=1, help="second starts, of each checkout in turn")
    parser.add_argument("--checkout", type=Path, help="another checkout, made ready by `make setup`, to compare with")
    options = parser.parse_args(arguments)
    checkouts = [ROOT] if options.checkout is None else [ROOT, options.checkout.absolute()]
    with contextlib.ExitStack() as stack:
        folders = {checkout: stack.enter_context(_folder()) for checkout in checkouts}
        for checkout, var in folders.items():
            with _running(checkout, var):
                pass  # the first start makes the database
        seen: dict[Path, list[dict[str, float]]] = {checkout: [] for checkout in checkouts}
        for _ in range(options.rounds):
            for checkout, var in folders.items():
                seen[checkout].append(_measure(checkout, var, options.settle, options.seconds))
    result = _middle(seen[ROOT])
    if options.checkout:
        other = _middle(seen[checkouts[1]])
        result |= {f"other_{name}": value for name, value in other.items()}
        result |= {f"ratio_{name}": round(result[name] / other[name], 3) for name in other if other[name]}
    print(json.dumps({"bench": "idle", **result}) if options.json else _words(result))


def _measure(checkout: Path, var: Path, settle: float, seconds: float) -> dict[str, float]:
    with _running(checkout, var) as (product, first_page):
        family = _settled(product, settle)
        before = _processor(family)
        time.sleep(seconds)
        used = sum(spent - before[pid] for pid, spent in _processor(family).items() if pid in before)
        return {
            "processes": len(family),
            "pss_mb": round(sum(map(_pss, family)) / 2**20, 1),
            "cpu_percent": round(100 * used / seconds, 2),
            "first_page_s": round(first_page, 2),
        }


def _settled(product: psutil.Process, seconds: float) -> list[psutil.Process]:
    """All of its processes, once none has come or gone for so long and none is still starting."""
    deadline = time.monotonic() + SLOWEST_START
    while time.monotonic() < deadline:
        family = [product, *product.children(recursive=True)]
        before = sum(_processor(family).values())
        time.sleep(seconds)
        is_busy = sum(_processor(family).values()) - before > BUSY * seconds
        if not is_busy and family == [product, *product.children(recursive=True)]:
            return family
    raise RuntimeError("it never came to rest")


@contextlib.contextmanager
def _running(checkout: Path, var: Path) -> Iterator[tuple[psutil.Process, float]]:
    """The product, and the seconds until its first page."""
    port, sandbox = _free_port(), _free_port()
    outer = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    environment = {**outer, "TALLYPOST_VAR": str(var), "PORT": str(port), "SANDBOX_PORT": str(sandbox)}
    command = [str(checkout / ".venv" / "bin" / "python"), "-m", "config.run"]
    var.mkdir(exist_ok=True)
    log = (var.parent / "log").open("ab")
    begun = time.monotonic()
    with log:
        run = subprocess.Popen(command, cwd=checkout, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for_page(port, run)
        yield psutil.Process(run.pid), time.monotonic() - begun
    finally:
        run.send_signal(signal.SIGINT)
        run.wait(SLOWEST_STOP)


def _wait_for_page(port: int, run: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + SLOWEST_START
    while time.monotonic() < deadline and run.poll() is None:
        page = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with contextlib.closing(page), contextlib.suppress(OSError, http.client.HTTPException):
            page.request("GET", "/login/")
            page.getresponse().read()
            return
        time.sleep(_PAGE_EVERY)
    raise RuntimeError("no page came")


def _processor(family: list[psutil.Process]) -> dict[int, float]:
    spent = {}
    for process in family:
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            spent[process.pid] = times.user + times.system
    return spent


def _pss(process: psutil.Process) -> int:
    """The kernel parts each shared page among those that have it, so the sum is what all of them hold."""
    with contextlib.suppress(psutil.Error):
        return int(process.memory_full_info().pss)
    return 0


def _middle(rounds: list[dict[str, float]]) -> dict[str, Any]:
    return {name: round(statistics.median(each[name] for each in rounds), 2) for name in rounds[0]}


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    outer = Path(tempfile.mkdtemp(prefix="tallypost-bench-idle-"))
    outer.chmod(0o755)  # the database's own account walks through it
    try:
        yield outer / "var"
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _words(result: dict[str, Any]) -> str:
    return "\n".join(f"{name.replace('_', ' '):24} {value}" for name, value in result.items())
