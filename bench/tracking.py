"""Opens and clicks through granian as it runs in production, against the usual Django view with an insert.

Server, database, intake and load share this machine; short rounds of all of them alternate, and each ratio is the
middle one of those taken in one round. `--checkout` puts another version's front beside it. Rates depend on what else
the machine does; `cpu_ratio_…` compares the front's processor time a request and does not.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bench import intake
from bench.stage import ROOT, stage

_CONNECTIONS = 32
_MESSAGES = 20_000
_LINKS = 12
_BLOCKING_THREADS = 4


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench track")
    parser.add_argument("--json", action="store_true", help="one line instead of a table")
    parser.add_argument("--seconds", type=float, default=4, help="of each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--checkout", type=Path, help="another checkout, whose front is measured beside this one's")
    parser.add_argument("--events", type=int, default=100_000, help="that the intake stores alone; 0: none")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(argv)
    with stage("track"):
        result = _measure(options)
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:28} {value}")


def _measure(options: argparse.Namespace) -> dict[str, Any]:
    from django.db import connection

    mailed, naive = _fill(), _fill()
    paths = {"open": _open_paths(mailed), "click": _click_paths(mailed), "django": _naive_paths(naive)}
    rounds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with ExitStack() as stack:
        fronts = {"": stack.enter_context(_front(ROOT, options.workers))}
        if options.checkout:
            fronts["other_"] = stack.enter_context(_front(options.checkout.absolute(), options.workers))
        usual = stack.enter_context(_server("bench.tracking_by_django:application", options.workers))
        stack.enter_context(_intake())
        for _ in range(options.rounds):
            for kind in ("open", "click"):
                for name, front in fronts.items():
                    rounds[name + kind].append(_load(front, paths[kind], options.seconds))
            rounds["django"].append(_load(usual, paths["django"], options.seconds))
        accepted = sum(one["answered"] for name, ones in rounds.items() if name != "django" for one in ones)
        stored = _wait_for(mailed, accepted)
    is_exact = accepted == stored and _sums_agree(mailed, stored)
    result = {
        "bench": "track",
        "connections": _CONNECTIONS,
        "workers": options.workers,
        "requests_per_s": round(median([_rate(rounds["open"]), _rate(rounds["click"])])),
        **{f"{name}_requests_per_s": round(_rate(ones)) for name, ones in rounds.items()},
        **{f"{name}_p99_ms": _p99(ones) for name, ones in rounds.items()},
        "p99_ms": max(_p99(rounds["open"]), _p99(rounds["click"])),
        **{f"{name}_cpu_us": round(median(one["cpu_us"] for one in ones), 1) for name, ones in rounds.items()},
        "load_cpu_us": round(median(one["load_cpu_us"] for one in rounds["open"] + rounds["click"]), 1),
        "ratio_to_django": min(_ratio(rounds[kind], rounds["django"], "rate") for kind in ("open", "click")),
    }
    if options.checkout:
        for kind in ("open", "click"):
            result[f"ratio_{kind}"] = _ratio(rounds[kind], rounds[f"other_{kind}"], "rate")
            result[f"cpu_ratio_{kind}"] = _ratio(rounds[f"other_{kind}"], rounds[kind], "cpu_us")
    result |= {"accepted": accepted, "stored": stored, "exactly_once": is_exact}
    if options.events:
        result |= intake.measure(_fill(), options.events)
    connection.close()
    return result


def _fill() -> int:
    """A sent batch; its id."""
    from django.db import connection
    from django.utils import timezone

    from delivery.models import Batch, MessageState
    from tracking.public.links import freeze

    batch = Batch.objects.create(rehearsal=False, content_kind="bench", content_id=0, state=Batch.State.DONE)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_idblock SET next_id = next_id + %s RETURNING next_id", [_MESSAGES])
        (after,) = cursor.fetchone() or (0,)
        batch.first_id, batch.last_id = after - _MESSAGES, after - 1
        batch.save(update_fields=["first_id", "last_id"])
        cursor.execute(
            "INSERT INTO delivery_message (id, batch_id, contact_id, email, state, accepted_at)"
            " SELECT n, %s, n, 'reader' || n || '@example.com', %s, %s FROM generate_series(%s::bigint, %s::bigint) n",
            [batch.id, MessageState.ACCEPTED, timezone.now() - timedelta(hours=1), batch.first_id, batch.last_id],
        )
    freeze(batch, [(f"https://shop.example/offer/{number}", f"Offer {number}") for number in range(_LINKS)])
    return batch.id


def _open_paths(batch_id: int) -> list[str]:
    from delivery.models import Message
    from tracking.public.addresses import open_url

    return [open_url("", number) for number in Message.objects.filter(batch=batch_id).values_list("id", flat=True)]


def _click_paths(batch_id: int) -> list[str]:
    from delivery.models import Message
    from tracking.models import Link
    from tracking.public.addresses import click_url

    links = list(Link.objects.filter(batch=batch_id).values_list("id", flat=True))
    messages = Message.objects.filter(batch=batch_id).values_list("id", flat=True)
    return [click_url("", number, links[number % len(links)]) for number in messages]


def _naive_paths(batch_id: int) -> list[str]:
    from delivery.models import Message

    return [f"/{batch_id}/{number}" for number in Message.objects.filter(batch=batch_id).values_list("id", flat=True)]


@dataclass(frozen=True)
class Server:
    port: int
    process: psutil.Process

    def spent(self) -> float:
        """Processor seconds so far, of all its processes."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in family)


@contextmanager
def _front(checkout: Path, workers: int) -> Iterator[Server]:
    """The public port, as `make run` opens it."""
    port = _free_port()
    command = [sys.executable, "-m", "config.web", "front", "--port", str(port), "--workers", str(workers)]
    with _process(command, checkout) as process:
        _wait_until_open(port)
        yield Server(port, psutil.Process(process.pid))


@contextmanager
def _server(application: str, workers: int) -> Iterator[Server]:
    """A granian that serves a WSGI application."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(workers), "--blocking-threads", str(_BLOCKING_THREADS)]
    command += ["--no-ws", "--log-level", "warning"]
    with _process(command) as process:
        _wait_until_open(port)
        yield Server(port, psutil.Process(process.pid))


@contextmanager
def _intake() -> Iterator[None]:
    with _process([sys.executable, "manage.py", "intake"]):
        yield


@contextmanager
def _process(command: list[str], checkout: Path = ROOT) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, cwd=checkout)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(120)  # the intake ends with the spool that it reads


def _load(server: Server, paths: list[str], seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.load", str(server.port), str(_CONNECTIONS), str(seconds)]
    before = server.spent()
    done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=True, cwd=ROOT)
    answer: dict[str, Any] = json.loads(done.stdout)
    if set(answer["statuses"]) - {"200", "302"}:
        raise SystemExit(f"The server refused requests: {answer['statuses']}")
    answered = sum(answer["statuses"].values())
    return answer | {
        "answered": answered,
        "rate": answered / answer["seconds"],
        "cpu_us": (server.spent() - before) / answered * 1e6,
        "load_cpu_us": answer["cpu_s"] / answered * 1e6,
    }


def _rate(rounds: list[dict[str, Any]]) -> float:
    return float(median(one["rate"] for one in rounds))


def _ratio(ours: list[dict[str, Any]], theirs: list[dict[str, Any]], figure: str) -> float:
    """Of those of the same round, the middle one."""
    return float(round(median(one[figure] / other[figure] for one, other in zip(ours, theirs, strict=True)), 2))


def _p99(rounds: list[dict[str, Any]]) -> float:
    return float(round(median(one["p99_ms"] for one in rounds), 2))


def _wait_for(batch_id: int, accepted: int, seconds: float = 600) -> int:
    """What the intake has stored once it is through, and no more comes."""
    from tracking.models import Event

    until = time.monotonic() + seconds
    while (stored := Event.objects.filter(batch=batch_id).count()) < accepted and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(1)
    return max(stored, Event.objects.filter(batch=batch_id).count())


def _sums_agree(batch_id: int, stored: int) -> bool:
    from django.db.models import Sum

    from tracking.models import Rollup

    rows = Rollup.objects.filter(batch=batch_id, link_id=0)
    return bool(rows.aggregate(sum=Sum("total"))["sum"] == stored)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_until_open(port: int, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise SystemExit("The server did not start.") from None
            time.sleep(0.1)
