"""Opens and clicks through granian as it runs in production, against the usual Django view with an insert.

Server, database, intake and load share this machine; rounds of the three alternate, and the middle one counts.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from typing import Any

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
    kinds = {"open": _open_paths(mailed), "click": _click_paths(mailed), "django": _naive_paths(naive)}
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in kinds}
    with _front(options.workers) as slim, _intake():
        for _ in range(options.rounds):
            for name in ("open", "click"):
                rounds[name].append(_load(slim, kinds[name], options.seconds))
        accepted = sum(sum(one["statuses"].values()) for name in ("open", "click") for one in rounds[name])
        stored = _wait_for(mailed, accepted)
    with _server("bench.tracking_by_django:application", options.workers) as usual:
        for _ in range(options.rounds):
            rounds["django"].append(_load(usual, kinds["django"], options.seconds))
    opens, clicks, django = (_rate(rounds[name]) for name in ("open", "click", "django"))
    connection.close()
    return {
        "bench": "track",
        "connections": _CONNECTIONS,
        "workers": options.workers,
        "blocking_threads": _BLOCKING_THREADS,
        "requests_per_s": round(median([opens, clicks])),
        "open_requests_per_s": round(opens),
        "open_p99_ms": _p99(rounds["open"]),
        "click_requests_per_s": round(clicks),
        "click_p99_ms": _p99(rounds["click"]),
        "p99_ms": max(_p99(rounds["open"]), _p99(rounds["click"])),
        "django_requests_per_s": round(django),
        "django_p99_ms": _p99(rounds["django"]),
        "ratio_to_django": round(min(opens, clicks) / django, 1),
        "accepted": accepted,
        "stored": stored,
        "exactly_once": accepted == stored and _sums_agree(mailed, stored),
    }


def _fill() -> int:
    """A sent batch; its id."""
    from django.db import connection
    from django.utils import timezone

    from delivery.models import Batch, MessageState
    from tracking.links import freeze

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
    from tracking.addresses import open_url

    return [open_url("", number) for number in Message.objects.filter(batch=batch_id).values_list("id", flat=True)]


def _click_paths(batch_id: int) -> list[str]:
    from delivery.models import Message
    from tracking.addresses import click_url
    from tracking.models import Link

    links = list(Link.objects.filter(batch=batch_id).values_list("id", flat=True))
    messages = Message.objects.filter(batch=batch_id).values_list("id", flat=True)
    return [click_url("", number, links[number % len(links)]) for number in messages]


def _naive_paths(batch_id: int) -> list[str]:
    from delivery.models import Message

    return [f"/{batch_id}/{number}" for number in Message.objects.filter(batch=batch_id).values_list("id", flat=True)]


@contextmanager
def _front(workers: int) -> Iterator[int]:
    """The public port, as `make run` opens it."""
    port = _free_port()
    with _process([sys.executable, "-m", "config.web", "front", "--port", str(port), "--workers", str(workers)]):
        _wait_until_open(port)
        yield port


@contextmanager
def _server(application: str, workers: int) -> Iterator[int]:
    """The port of a granian that serves a WSGI application."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(workers), "--blocking-threads", str(_BLOCKING_THREADS)]
    command += ["--no-ws", "--log-level", "warning"]
    with _process(command):
        _wait_until_open(port)
        yield port


@contextmanager
def _intake() -> Iterator[None]:
    with _process([sys.executable, "manage.py", "intake"]):
        yield


@contextmanager
def _process(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _load(port: int, paths: list[str], seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.load", str(port), str(_CONNECTIONS), str(seconds)]
    done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=True, cwd=ROOT)
    answer: dict[str, Any] = json.loads(done.stdout)
    if set(answer["statuses"]) - {"200", "302"}:
        raise SystemExit(f"The server refused requests: {answer['statuses']}")
    return answer


def _rate(rounds: list[dict[str, Any]]) -> float:
    return float(median(sum(one["statuses"].values()) / one["seconds"] for one in rounds))


def _p99(rounds: list[dict[str, Any]]) -> float:
    return float(round(median(one["p99_ms"] for one in rounds), 2))


def _wait_for(batch_id: int, accepted: int, seconds: float = 120) -> int:
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


def _wait_until_open(port: int, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise SystemExit("The server did not start.") from None
            time.sleep(0.1)
