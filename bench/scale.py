"""A million people in one campaign: what must not grow with them, and who must not wait for them.

One story: a campaign to everybody is built and begins; while it is under way single mails and a second campaign come;
then the workers stop, and what the dispatcher's tick and the campaign's page cost with most of the million waiting is
compared with a campaign of ten thousand.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

import psutil

from bench import sink
from bench.sending import Plan, launch, words
from bench.stage import stage
from bench.workers import memory, sending

_FEW = 10_000
_SINGLE_MAILS = 5
_ROUNDS = 30
_FAIR_SECONDS = 8
_DEADLINE_SECONDS = 900


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench scale", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--recipients", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args(argv)
    with stage("scale") as environment, sink.running() as port:
        result = measure(arguments.recipients, arguments.workers, port, environment)
    print(json.dumps(result) if arguments.json else words(result))


def measure(recipients: int, workers: int, port: int, environment: dict[str, str]) -> dict[str, Any]:
    from delivery.ledger import building

    batch, edition_id, _ = launch(Plan(messages=recipients, workers=workers), port)
    _hold(batch, 3600)
    started = time.monotonic()
    building.build(batch.pk)
    build_seconds = time.monotonic() - started
    with sending(workers, environment, transactional=True) as (sender, *_):
        _single_mails(batch, edition_id)  # all processes are up when these are gone
        _hold(batch, 3)
        _until(lambda: _accepted(batch) > recipients // 50)
        memory_then = memory(sender)
        singles = _single_mails(batch, edition_id)
        shares = _fairness(batch, edition_id)
        memory_now = memory(sender)
    first_mail_seconds = _first_mail_seconds(batch)
    many = _costs(batch)
    few = _costs(_small_batch(batch, edition_id))
    return {
        "measurement": "scale",
        "recipients": recipients,
        "build_s": round(build_seconds, 2),
        "first_mail_s": first_mail_seconds,
        "transactional_s": singles[len(singles) // 2],
        "transactional_slowest_s": singles[-1],
        "fair_shares": shares,
        "worker_mb": round(memory_now / 2**20),
        "worker_growth_mb": round((memory_now - memory_then) / 2**20),
        "waiting_when_compared": many.pop("waiting"),
        **many,
        **{f"{name}_at_{few['waiting']}": value for name, value in few.items() if name != "waiting"},
        "cores": psutil.cpu_count(),
        "load_before": round(psutil.getloadavg()[2], 1),
    }


def _hold(batch: Any, seconds: float) -> None:
    from django.utils import timezone

    type(batch).objects.filter(pk=batch.pk).update(hold_until=timezone.now() + timedelta(seconds=seconds))


def _first_mail_seconds(batch: Any) -> float:
    """After the hold is over, by the database's clock."""
    return _number(
        """
        SELECT extract(epoch FROM min(m.accepted_at) - b.hold_until)
        FROM delivery_message m JOIN delivery_batch b ON b.id = m.batch_id
        WHERE b.id = %s AND m.accepted_at IS NOT NULL GROUP BY b.hold_until
        """,
        batch.pk,
    )


def _single_mails(batch: Any, edition_id: int) -> list[float]:
    """Seconds from queueing a transactional mail until it is accepted, of some, the fastest first."""
    from campaigns.models import Edition

    edition = Edition.objects.get(pk=edition_id)
    edition.pk, edition.is_test = None, True
    edition.save()
    return sorted(_single_mail(batch.provider, edition.pk, number) for number in range(_SINGLE_MAILS))


def _single_mail(provider: Any, edition_id: int, number: int) -> float:
    from delivery import ledger

    queued = _number("SELECT extract(epoch FROM clock_timestamp())")
    message = ledger.send_one(
        content_kind="edition", content_id=edition_id, email=f"single{number}@example.org", provider=provider
    )
    _until(lambda: type(message).objects.filter(pk=message.pk, accepted_at__isnull=False).exists(), every=0.05)
    query = "SELECT extract(epoch FROM accepted_at) FROM delivery_message WHERE id = %s"
    return round(_number(query, message.pk) - queued, 2)


def _fairness(batch: Any, edition_id: int) -> list[int]:
    """What both of two campaigns got through in the same seconds."""
    second = _launch_again(batch, edition_id, batch.audience)
    _until(lambda: _accepted(second) > 0)
    before = [_accepted(batch), _accepted(second)]
    time.sleep(_FAIR_SECONDS)
    return [_accepted(batch) - before[0], _accepted(second) - before[1]]


def _launch_again(batch: Any, edition_id: int, audience: Any) -> Any:
    from campaigns.message import editions
    from campaigns.models import Edition
    from contacts.audience import Audience
    from delivery import ledger

    edition = Edition.objects.get(pk=edition_id)
    edition.pk = None
    edition.save()
    return ledger.launch(
        content_kind="edition",
        content_id=edition.pk,
        provider=batch.provider,
        audience=Audience.from_json(audience),
        lists=batch.lists,
        group=f"again {edition.pk}",
        hold_seconds=0,
        before_start=lambda made: editions.freeze_links(edition, made),
    )


def _small_batch(batch: Any, edition_id: int) -> Any:
    """Everything else is over: what is measured is this one."""
    from contacts.models import MailingList, Subscription
    from delivery.ledger import building
    from delivery.models import Batch

    Batch.objects.filter(finished_at=None).update(finished_at=batch.created_at, state=Batch.State.CANCELLED)
    few = MailingList.objects.create(name="Few")
    known = Subscription.objects.filter(list_id=batch.lists[0]).order_by("pk")[:_FEW]
    Subscription.objects.bulk_create(
        Subscription(contact_id=one.contact_id, list=few, state="subscribed") for one in known
    )
    small = _launch_again(batch, edition_id, {**batch.audience, "lists": [few.pk]})
    building.build(small.pk)
    return small


def _costs(batch: Any) -> dict[str, Any]:
    """Milliseconds of a tick, and of the campaign's page as somebody logged in gets it; nobody sends meanwhile."""
    from django.test import Client

    from accounts.models import Organisation, User
    from campaigns.models import Campaign
    from delivery import ledger
    from delivery.dispatch import tick

    tick.tick()
    Organisation.objects.get_or_create(pk=1, defaults={"name": "Nordlicht"})
    user, _ = User.objects.get_or_create(email="ada@nordlicht.example", defaults={"name": "Ada", "role": "owner"})
    campaign = Campaign.objects.create(name="News", subject="News", batch=batch, provider=batch.provider)
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(user)
    page = campaign.get_absolute_url()
    if browser.get(page).status_code != 200:
        raise SystemExit(f"{page} answers {browser.get(page).status_code}")
    return {
        "waiting": ledger.tally(batch).waiting,
        "tick_ms": _median_ms(tick.tick),
        "page_ms": _median_ms(lambda: browser.get(page)),
    }


def _median_ms(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return round(median(spent) * 1000, 1)


def _accepted(batch: Any) -> int:
    from delivery import ledger

    return ledger.tally(batch).accepted


def _number(query: str, *values: Any) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return round(float(cursor.fetchone()[0]), 3)


def _until(is_so: Callable[[], bool], *, every: float = 0.2) -> None:
    until = time.monotonic() + _DEADLINE_SECONDS
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit("it takes too long; something is wrong")
        time.sleep(every)
