"""Campaign mail to Postfix's smtp-sink on loopback, through real workers, beside smtp-source and the usual way.

Everything runs in one go on one machine, so that the ratios mean something: PostgreSQL, Redis, the dispatcher, the
workers and the sink share its cores, and every outcome is recorded.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psutil

from bench.stage import ROOT, stage

SESSIONS = 10
NAIVE_MESSAGES = 2_000
WORKERS = 2


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench send", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--messages", type=int, default=40_000)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--connections", type=int, default=SESSIONS)
    arguments = parser.parse_args(argv)
    for program in ("smtp-sink", "smtp-source"):
        if _program(program) is None:
            sys.exit(f"{program} is missing: install Postfix (apt-get install postfix) for this measurement.")
    with stage("send") as environment:
        result = measure(arguments.messages, arguments.workers, arguments.connections, environment)
    print(json.dumps(result) if arguments.json else _words(result))


def measure(messages: int, workers: int, connections: int, environment: dict[str, str]) -> dict[str, Any]:
    with _sink() as port:
        batch, edition_id, size = _launch(messages, connections, port)
        ours = _send(batch, messages, workers, environment)
        source = _smtp_source(port, messages, size)
        naive = _send_naively(edition_id, port, workers, environment)
    return {
        "measurement": "send",
        "messages": messages,
        "bytes_each": size,
        **ours,
        "smtp_source_per_s": round(source),
        "ratio_to_smtp_source": round(ours["messages_per_s"] / source, 2),
        "naive_per_s": round(naive),
        "ratio_to_naive": round(ours["messages_per_s"] / naive, 1),
        "cores": psutil.cpu_count(),
        "load_before": round(psutil.getloadavg()[2], 1),
    }


def _launch(messages: int, connections: int, port: int) -> tuple[Any, int, int]:
    """People, an edition of 10 KB, and a batch of it, ready to build."""
    from bench.letters import built, recipients
    from campaigns import rendering
    from contacts.audience import Audience
    from contacts.models import MailingList
    from delivery import ledger
    from delivery.models import Provider

    readers = MailingList.objects.create(name="Readers")
    _people(messages + NAIVE_MESSAGES, readers.pk, messages)
    provider = Provider.objects.create(
        name="Sink",
        host="127.0.0.1",
        port=port,
        security="none",
        connections=connections,
        messages_per_connection=1_000_000,
    )
    compiled = built()
    edition = compiled._edition
    edition.pk, edition.campaign_id = None, None
    edition.save()
    batch = ledger.launch(
        content_kind="edition",
        content_id=edition.pk,
        provider=provider,
        audience=Audience((readers.pk,)),
        lists=[readers.pk],
        group="bench",
        hold_seconds=0,
        before_start=lambda made: (rendering.freeze_links(edition, made), None)[1],
    )
    return batch, edition.pk, len(compiled.build(recipients(1)[0]))


def _people(count: int, list_id: int, subscribed: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO contacts_contact (email, first_name, last_name, attributes, language, time_zone,
                tracking_consent, is_sample, source, created_at, updated_at)
            SELECT 'person' || n || '@example.org', 'Ana' || n, 'Reader', '{"city": "Bonn"}', 'en', '', 'given', false,
                'bench', now(), now()
            FROM generate_series(1, %s) n
            """,
            [count],
        )
        cursor.execute(
            """
            INSERT INTO contacts_subscription (contact_id, list_id, state, created_at, changed_at)
            SELECT id, %s, 'subscribed', now(), now() FROM contacts_contact ORDER BY id LIMIT %s
            """,
            [list_id, subscribed],
        )
        cursor.execute("ANALYZE contacts_contact, contacts_subscription")


def _send(batch: Any, messages: int, workers: int, environment: dict[str, str]) -> dict[str, Any]:
    """Start the product's own workers and wait until the last outcome is in the ledger."""
    from delivery.ledger import tally

    with ExitStack() as stack:
        bulk = stack.enter_context(_celery("config", ["-Q", "bulk", "-c", str(workers)], environment))
        stack.enter_context(_celery("config", ["-Q", "control", "-c", "1"], environment))
        stack.enter_context(_celery("config", ["-Q", "jobs", "-c", "1"], environment))
        stack.enter_context(_beat(environment))
        peak, middle, cpu_before = 0, 0, 0.0
        while True:
            line = tally(batch)
            used = [_memory(child) for child in psutil.Process(bulk.pid).children()]
            peak = max(peak, *used) if used else peak
            if line.accepted and not cpu_before:
                cpu_before = _cpu(bulk)
            if line.accepted >= messages // 4 and not middle:
                middle = max(used, default=0)
            batch.refresh_from_db()
            if batch.finished_at or (line.total and line.is_complete):
                break
            time.sleep(0.1)
        cpu = _cpu(bulk) - cpu_before
        end = max((_memory(child) for child in psutil.Process(bulk.pid).children()), default=0)
    seconds = _seconds(batch)
    return {
        "accepted": line.accepted,
        "tally": line.words,
        "seconds": round(seconds, 2),
        "messages_per_s": round(messages / seconds),
        "worker_cpu_us_each": round(cpu / messages * 1e6),
        "worker_peak_mb": round(peak / 2**20),
        "worker_growth_mb": round((end - middle) / 2**20),
    }


def _seconds(batch: Any) -> float:
    """From the moment it may be sent to the last outcome, by the database's clock."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT extract(epoch FROM max(m.accepted_at) - b.started_at) FROM delivery_message m, delivery_batch b
            WHERE b.id = %s AND m.batch_id = b.id GROUP BY b.started_at
            """,
            [batch.pk],
        )
        return float(cursor.fetchone()[0])


def _smtp_source(port: int, messages: int, size: int) -> float:
    """Messages a second of the C program, keeping its connections, with mails of the same size."""
    command = [_program("smtp-source") or "", "-d", "-s", str(SESSIONS), "-m", str(messages), "-l", str(size)]
    started: float = time.monotonic()
    subprocess.run([*command, f"inet:127.0.0.1:{port}"], check=True, stdout=subprocess.DEVNULL)
    return messages / (time.monotonic() - started)


def _send_naively(edition_id: int, port: int, workers: int, environment: dict[str, str]) -> float:
    from django.db.models import Max

    from bench import naive
    from contacts.models import Contact
    from delivery.models import Batch, Message

    batch = Batch.objects.create(content_kind="naive", content_id=edition_id, rehearsal=True, state="paused")
    first = (Message.objects.aggregate(Max("id"))["id__max"] or 0) + 1
    people = Contact.objects.filter(subscriptions=None).order_by("id")[:NAIVE_MESSAGES]
    Message.objects.bulk_create(
        Message(id=first + n, batch=batch, contact_id=person.pk, email=person.email) for n, person in enumerate(people)
    )
    with _celery("bench.naive", ["-Q", "naive", "-c", str(workers)], environment):
        naive.send.delay(0, -1, edition_id, port)  # workers are up when this is gone
        time.sleep(5)
        started = time.monotonic()
        for start in range(first, first + NAIVE_MESSAGES, naive.CHUNK):
            naive.send.delay(start, min(start + naive.CHUNK, first + NAIVE_MESSAGES) - 1, edition_id, port)
        while Message.objects.filter(batch=batch, state=0).exists():
            time.sleep(0.1)
        return float(NAIVE_MESSAGES / (time.monotonic() - started))


@contextmanager
def _sink() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = subprocess.Popen([*_sink_command(), f"inet:127.0.0.1:{port}", "1000"])
    try:
        for _ in range(50):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            sys.exit("smtp-sink does not start")
        yield port
    finally:
        sink.terminate()
        sink.wait(10)


@contextmanager
def _celery(app: str, options: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    name = f"{options[1]}@bench"
    quiet = ["-l", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat", "-n", name]
    command = [sys.executable, "-m", "celery", "-A", app, "worker", *options, *quiet]
    worker = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(60)


@contextmanager
def _beat(environment: dict[str, str]) -> Iterator[None]:
    schedule = f"{environment['TALLYPOST_VAR']}/beat"
    command = [sys.executable, "-m", "celery", "-A", "config", "beat", "-l", "WARNING", "-s", schedule]
    beat = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield
    finally:
        beat.terminate()
        beat.wait(30)


def _cpu(worker: subprocess.Popen[bytes]) -> float:
    times = [child.cpu_times() for child in psutil.Process(worker.pid).children()]
    return float(sum(spent.user + spent.system for spent in times))


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _sink_command() -> list[str]:
    """Root has to say whom it becomes instead."""
    return [_program("smtp-sink") or "", *(["-u", "nobody"] if os.geteuid() == 0 else [])]


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _words(result: dict[str, Any]) -> str:
    return "\n".join(f"{name:22} {value}" for name, value in result.items())
