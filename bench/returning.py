"""`bench bounces`: reports handed to the intake in groups, read in children and acted upon, until all are counted.

For mails that exist, with their contacts: 60 % hard bounces, 25 % soft, 5 % complaints, 5 % delays and 5 % that are not
about us. Database, feedback process and its children share this machine.
"""

import argparse
import gc
import json
import random
import threading
import time
from contextlib import suppress
from typing import Any

from bench.stage import stage

_GROUP = 500  # handed in at once, as the listener does when much comes
_LARGE = ("gmail.example", "outlook.example", "yahoo.example", "mail.example")
_DOMAINS = (*_LARGE * 500, *(f"firm{n}.example" for n in range(2_000)))
_HARD = (
    ("5.1.1", "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table"),
    ("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking"),
    ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {to} not found by SMTP address lookup"),
)
_SOFT = (
    ("5.2.2", "552 5.2.2 <{to}>: The email account that you tried to reach is over quota"),
    ("4.4.7", "451 4.4.7 Delivery time expired: connection timed out"),
    ("5.7.1", "554 5.7.1 Message rejected: content looks like spam to our filter"),
)
_TRACE = (
    "Received: from relay{n}.nordlicht.example (relay{n}.nordlicht.example [192.0.2.{n}])\r\n"
    "\tby mx{n}.mail.example (Postfix) with ESMTPS id 4Xy{n}Q{n}z\r\n\tfor <{to}>; Sat, 28 Nov 2026 10:0{n}:00 +0000"
    "\r\n"
)
_SIGNATURE = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=nordlicht.example; s=2026;\r\n" + "".join(
    f"\t{'ab1C' * 17}\r\n" for _ in range(8)
)


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench bounces")
    parser.add_argument("--json", action="store_true", help="one line instead of a table")
    parser.add_argument("--reports", type=int, default=20_000)
    options = parser.parse_args(argv)
    with stage("bounces"):
        result = _measure(options.reports)
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:28} {value}")


def _measure(count: int) -> dict[str, Any]:
    from django.db import connection

    from delivery.feedback import process
    from delivery.models import Returned

    people = _sent(count)
    made = [_report(random.Random(number), *person) for number, person in enumerate(people)]
    random.Random(7).shuffle(made)
    reading = _reading(made)
    stop = threading.Event()
    at_work = threading.Thread(target=process.run, args=(stop,))
    gc.freeze()  # as the feedback process does
    started, cpu_before = time.monotonic(), cpu_seconds()
    at_work.start()
    taking = _hand_in(made)
    while Returned.objects.filter(due_at__isnull=False).exists():
        time.sleep(0.1)
    seconds = time.monotonic() - started
    cpu = cpu_seconds() - cpu_before
    stop.set()
    at_work.join()
    states = dict(Returned.objects.order_by().values_list("state").annotate(count=_count()))
    connection.close()
    return {
        "bench": "bounces",
        "reports": count,
        "bytes_each": sum(map(len, made)) // count,
        "read_per_s": round(len(made) / reading),
        "taken_per_s": round(count / taking),
        "reports_per_s": round(count / seconds),
        "seconds": round(seconds, 1),
        # Of this process, its children and PostgreSQL together, which a busy machine changes less than the rates.
        "cpu_us_each": round(cpu / count * 1e6),
        **{f"state_{name}": number for name, number in sorted(states.items())},
    }


def cpu_seconds() -> float:
    """Of processor time: ours and that of all that runs for us, PostgreSQL too."""
    import psutil

    us = psutil.Process()
    found = sum(us.cpu_times()[:2])
    for child in us.children(recursive=True):
        with suppress(psutil.Error):
            found += sum(child.cpu_times()[:2])
    return float(found)


def _count() -> Any:
    from django.db.models import Count

    return Count("*")


def _reading(made: list[bytes]) -> float:
    """Seconds of one process that reads all of them, and does nothing else."""
    from delivery import bounces

    started = time.process_time()
    for raw in made:
        bounces.read(raw)
        bounces.trace(raw)
    return time.process_time() - started


def _hand_in(made: list[bytes]) -> float:
    from delivery.feedback import intake
    from delivery.models import Returned

    started = time.monotonic()
    for first in range(0, len(made), _GROUP):
        items = [intake.Item(raw) for raw in made[first : first + _GROUP]]
        intake.take(items, way=Returned.Way.LISTENER, source="listener")
    return time.monotonic() - started


def _sent(count: int) -> list[tuple[int, str]]:
    """A campaign that has just gone out, of which every thirteenth mail comes back; number and address of these."""
    from django.db import connection
    from django.utils import timezone

    from delivery.models import Batch, MessageState

    batch = Batch.objects.create(
        rehearsal=False,
        content_kind="bench",
        content_id=0,
        state=Batch.State.DONE,
        total=20_000_000,
        accepted=20_000_000,
        started_at=timezone.now(),
    )
    domains, people = list(_DOMAINS), count * 13 + 13
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_contact (email, first_name, last_name, attributes, language, time_zone, source,"
            " open_consent, click_consent, is_sample, last_sent_at, created_at, updated_at)"
            " SELECT 'reader' || n || '@' || (%s::text[])[1 + n %% %s], '', '', '{}', '', '', '', 'unknown', 'unknown',"
            " false, now(), now(), now() FROM generate_series(1, %s) n",
            [domains, len(domains), people],
        )
        cursor.execute("UPDATE delivery_idblock SET next_id = next_id + %s RETURNING next_id", [people])
        first = (cursor.fetchone() or (0,))[0] - people
        cursor.execute(
            "INSERT INTO delivery_message (id, batch_id, contact_id, email, state, attempts, accepted_at)"
            " SELECT %s - 1 + row_number() OVER (ORDER BY id), %s, id, email, %s, 1, now() FROM contacts_contact",
            [first, batch.pk, MessageState.ACCEPTED],
        )
        Batch.objects.filter(pk=batch.pk).update(first_id=first, last_id=first + people - 1)
        cursor.execute("ANALYZE delivery_message, contacts_contact")
        cursor.execute("SELECT id, email FROM delivery_message WHERE batch_id = %s AND id %% 13 = 0", [batch.pk])
        found: list[tuple[int, str]] = cursor.fetchall()
    return found[:count]


def _report(chance: random.Random, message_id: int, to: str) -> bytes:
    from delivery import tokens, verp
    from delivery.bounces import writing

    drawn = chance.random()
    sender = verp.address(message_id, "returns.nordlicht.example")
    number = tokens.seal(tokens.MESSAGE_ID, message_id)
    if drawn >= 0.95:  # about somebody else's mail
        sender, number = "news@other.example", f"{message_id}.77"
    original = _original(chance, number, to)
    if 0.85 <= drawn < 0.9:
        return writing.complaint(original, return_address=sender, recipient=to)
    if 0.9 <= drawn < 0.95:
        status, words, action = "4.4.1", "451 4.4.1 Connection timed out; retry later", "delayed"
    else:
        status, words = chance.choice(_SOFT if 0.6 <= drawn < 0.85 else _HARD)
        action = "failed"
    return writing.delivery_report(
        original,
        return_address=sender,
        recipient=to,
        status=status,
        words=words.format(to=to),
        action=action,
        server=f"mx{chance.randrange(9)}.{to.rpartition('@')[2]}",
    )


def _original(chance: random.Random, number: str, to: str) -> bytes:
    hops = "".join(_TRACE.format(n=hop, to=to) for hop in range(chance.randrange(3, 10)))
    rest = (
        f"From: Nordlicht <news@nordlicht.example>\r\nTo: {to}\r\nSubject: News of the week\r\n"
        f"Message-ID: <{number}@nordlicht.example>\r\nMIME-Version: 1.0\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nPrecedence: bulk\r\n"
    )
    return (hops + _SIGNATURE * chance.randrange(1, 5) + rest + "\r\n").encode()
