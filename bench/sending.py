"""Campaign mail to a sink on loopback, through real workers, beside smtp-source and the usual way.

Everything runs in one go on one machine, so that the ratios mean something: PostgreSQL, Redis, the dispatcher, the
workers and the sink share its cores, and every outcome is recorded. smtp-source runs before and after, because other
guests of a machine come and go; with a delay, with TLS or with a larger letter there is no fair counterpart.
"""

import argparse
import json
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench import sink
from bench.stage import stage
from bench.workers import celery, cpu_by_role, memory, must_run, sending

NAIVE_MESSAGES = 2_000
_LOOK_SECONDS = 0.25  # looking costs some milliseconds of what is measured
_PATIENCE_SECONDS = 300  # without any message that has left
_PARTS = ("worker", "database", "sink", "dispatcher", "beat", "redis")


@dataclass(frozen=True)
class Plan:
    messages: int = 40_000
    workers: int = 2
    connections: int = 10
    delay_ms: int = 0
    tls: bool = False
    body: int = 10

    @property
    def is_comparable(self) -> bool:
        return not self.delay_ms and not self.tls

    @property
    def wire_limit_per_s(self) -> float:
        """One message a connection and round trip."""
        return self.connections * 1000 / self.delay_ms


def main(argv: list[str]) -> None:
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m bench send", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--messages", type=int, default=plan.messages)
    parser.add_argument("--workers", type=int, default=plan.workers)
    parser.add_argument("--connections", type=int, default=plan.connections)
    parser.add_argument("--delay-ms", type=int, default=plan.delay_ms, help="how long the sink takes for a reply")
    parser.add_argument("--tls", action="store_true", help="over STARTTLS, with a certificate of this run")
    parser.add_argument("--body", type=int, choices=(10, 40), default=plan.body, help="kilobytes of a message")
    arguments = vars(parser.parse_args(argv))
    as_json = arguments.pop("json")
    with stage("send") as environment:
        result = measure(Plan(**arguments), environment)
    print(json.dumps(result) if as_json else words(result))


def measure(plan: Plan, environment: dict[str, str]) -> dict[str, Any]:
    certificate = _certificate(environment) if plan.tls else None
    with sink.running(plan.delay_ms, certificate) as port:
        batch, edition_id, size = launch(plan, port, "starttls" if plan.tls else "none")
        result = {"measurement": "send", **plan.__dict__, "bytes_each": size}
        before = _smtp_source(port, plan, size) if plan.is_comparable else 0.0
        result |= _send(batch, plan, environment)
        if plan.delay_ms:
            limit = plan.wire_limit_per_s
            result |= {"wire_limit_per_s": limit, "ratio_to_wire": round(result["messages_per_s"] / limit, 2)}
        if plan.is_comparable:
            source = (before + _smtp_source(port, plan, size)) / 2
            naive = _send_naively(edition_id, port, plan.workers, environment)
            result |= {
                "smtp_source_per_s": round(source),
                "ratio_to_smtp_source": round(result["messages_per_s"] / source, 2),
                "naive_per_s": round(naive),
                "ratio_to_naive": round(result["messages_per_s"] / naive, 1),
            }
    return result | {"cores": psutil.cpu_count(), "load_before": round(psutil.getloadavg()[2], 1)}


def launch(plan: Plan, port: int, security: str = "none") -> tuple[Any, int, int]:
    """People, an edition, and a batch of it, ready to build; with the edition's id and the size of a message."""
    from bench.letters import built, recipients
    from campaigns.message import editions
    from contacts.audience import Audience
    from contacts.models import MailingList
    from delivery import ledger
    from delivery.models import Provider

    readers = MailingList.objects.create(name="Readers")
    people(plan.messages + NAIVE_MESSAGES, readers.pk, plan.messages)
    provider = Provider.objects.create(
        name="Sink",
        host="127.0.0.1",
        port=port,
        security=security,
        connections=plan.connections,
        messages_per_connection=1_000_000,
    )
    compiled = built(plan.body)
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
        before_start=lambda made: editions.freeze_links(edition, made),
    )
    return batch, edition.pk, len(compiled.build(recipients(1)[0]))


def people(count: int, list_id: int, subscribed: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO contacts_contact (email, first_name, last_name, attributes, language, time_zone,
                open_consent, click_consent, is_sample, source, created_at, updated_at)
            SELECT 'person' || n || '@example.org', 'Ana' || n, 'Reader', '{"city": "Bonn"}', 'en', '', 'given',
                'given', false, 'bench', now(), now()
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


def _send(batch: Any, plan: Plan, environment: dict[str, str]) -> dict[str, Any]:
    """Start the product's own workers and wait until the last outcome is in the ledger."""
    from delivery.ledger import tally

    cpu_before: Counter[str] = Counter()
    peak = middle = 0
    with sending(plan.workers, environment) as processes:
        moved_at, waiting = time.monotonic(), -1
        while True:
            must_run(*processes)
            line = tally(batch)
            if line.waiting != waiting:
                moved_at, waiting = time.monotonic(), line.waiting
            elif time.monotonic() - moved_at > _PATIENCE_SECONDS:
                raise SystemExit(f"Not measured: nothing was sent for {_PATIENCE_SECONDS} s. {line.words}")
            used = memory(processes[0])
            peak = max(peak, used)
            if line.accepted and not cpu_before:
                cpu_before, accepted_before = cpu_by_role(), line.accepted
            if line.accepted >= plan.messages // 4 and not middle:
                middle = used
            batch.refresh_from_db()
            if batch.finished_at or (line.total and line.is_complete):
                break
            time.sleep(_LOOK_SECONDS)
        cpu = cpu_by_role() - cpu_before
        end = memory(processes[0])
    seconds = _seconds(batch)
    each = {part: round(cpu[part] / max(1, plan.messages - accepted_before) * 1e6) for part in _PARTS}
    return {
        "accepted": line.accepted,
        "tally": line.words,
        "seconds": round(seconds, 2),
        "messages_per_s": round(plan.messages / seconds),
        "cpu_us_each": each,
        "worker_cpu_us_each": each["worker"],
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


def _smtp_source(port: int, plan: Plan, size: int) -> float:
    """Messages a second of the C program, keeping its connections, with mails of the same size."""
    sessions, messages = str(plan.connections), plan.messages // 2
    command = [sink.program("smtp-source"), "-d", "-s", sessions, "-m", str(messages), "-l", str(size)]
    started: float = time.monotonic()
    subprocess.run([*command, f"inet:127.0.0.1:{port}"], check=True, stdout=subprocess.DEVNULL)
    return messages / (time.monotonic() - started)


def _send_naively(edition_id: int, port: int, workers: int, environment: dict[str, str]) -> float:
    from django.db.models import Max

    from bench import naive
    from contacts.models import Contact
    from delivery.models import Batch, Message, MessageState

    batch = Batch.objects.create(content_kind="naive", content_id=edition_id, rehearsal=True, state="paused")
    first = (Message.objects.aggregate(Max("id"))["id__max"] or 0) + 1
    people = Contact.objects.filter(subscriptions=None).order_by("id")[:NAIVE_MESSAGES]
    Message.objects.bulk_create(
        Message(id=first + n, batch=batch, contact_id=person.pk, email=person.email) for n, person in enumerate(people)
    )
    with celery("bench.naive", ["-Q", "naive", "-c", str(workers)], environment) as worker:
        naive.send.delay(0, -1, edition_id, port)  # workers are up when this is gone
        time.sleep(5)
        started = time.monotonic()
        for start in range(first, first + NAIVE_MESSAGES, naive.CHUNK):
            naive.send.delay(start, min(start + naive.CHUNK, first + NAIVE_MESSAGES) - 1, edition_id, port)
        while Message.objects.filter(batch=batch, state=MessageState.PENDING).exists():
            must_run(worker)
            time.sleep(0.1)
        return float(NAIVE_MESSAGES / (time.monotonic() - started))


def _certificate(environment: dict[str, str]) -> Path:
    """Of an authority that the workers of this run trust, and nobody else."""
    from tests.delivery.engine.certificates import Authority

    authority = Authority(Path(environment["TALLYPOST_VAR"]))
    authority.context()
    environment["SSL_CERT_FILE"] = str(authority.file)
    return authority.folder / "127.0.0.130.pem"


def words(result: dict[str, Any]) -> str:
    return "\n".join(f"{name:22} {value}" for name, value in result.items())
