"""A provider or sender domain that warms up sends so many a day and no more, whoever sends them."""

from datetime import timedelta
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.db import connection

from contacts.models import Contact
from delivery.dispatch import tick
from delivery.engine import turn
from delivery.engine.bookkeeping.checkpoint import Writing, grant
from delivery.engine.bookkeeping.session import connection_parameters
from delivery.ledger import tally
from delivery.models import Attempt, Batch, WarmupDay, WarmupPlan
from delivery.outcomes import Flush
from delivery.throttling import limits, warmup_plans
from tests.delivery.engine.conftest import offer
from tests.delivery.engine.test_recovery import wait_for

CAPS = [30, 60, 120]


def a_day_passes(plan: WarmupPlan) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_attempt SET at = at - interval '1 day'")
        cursor.execute("UPDATE delivery_warmupday SET date = date - 1")
    WarmupPlan.objects.filter(pk=plan.pk).update(today=plan.today - timedelta(days=1))
    tick.tick()
    plan.refresh_from_db()


def test_day_by_day_more_until_all_have_it(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    provider = provider_of(server)
    plan = warmup_plans.start(provider=provider, caps=CAPS)
    batch = batch_of(provider, 150)
    for sent in (30, 90, 150):
        offer(batch)
        send(batch)
        tick.tick()
        send(batch)
        assert len(server.accepted()) == sent
        a_day_passes(plan)
    assert plan.state == "finished"
    assert list(WarmupDay.objects.order_by("day").values_list("cap", "used", "reason")) == [
        (30, 30, "All went well."),
        (60, 60, "All went well."),
        (120, 60, "All went well."),
    ]
    assert tally(batch).words == "150 = 150 + 0 + 0 + 0 + 0"


def test_nothing_is_offered_when_the_day_is_used_up(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    server = serve()
    provider = provider_of(server)
    warmup_plans.start(sender_domain="News.Example.org", caps=CAPS)
    batch = batch_of(provider, 100, sender_domain="news.example.org")
    other = Batch.objects.create(content_kind="plain", content_id=1, rehearsal=False, provider=provider)
    send(batch)
    tick.tick()
    assert len(server.accepted()) == 30
    assert not batch.chunks.filter(offered_until__isnull=False).exists()
    with connection.cursor() as cursor:
        assert warmup_plans.spent(cursor, provider, [batch.pk, other.pk]) == {batch.pk}, "another domain may go on"


def test_what_one_turn_did_not_use_is_left_for_another(serve: Any, provider_of: Any, batch_of: Any) -> None:
    server = serve(delay=0.02, hold_after=10)
    provider = provider_of(server, connections=1)
    plan = warmup_plans.start(provider=provider, caps=[100])
    batch = batch_of(provider, 200)
    thread = Thread(target=turn.run, args=(provider.pk, "marketing"))
    thread.start()
    server.wait_until_held()
    provider.pause("By hand")
    server.release()
    thread.join(60)
    server.behaviour.delay = 0
    plan.refresh_from_db()
    sent = len(server.accepted())
    assert plan.used == sent < 100
    provider.resume()
    for _ in range(3):
        offer(batch)
        turn.run(provider.pk, "marketing")
    assert len(server.accepted()) == 100


def test_bad_addresses_take_it_a_day_back(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    rule = lambda t: "550 5.1.1 user unknown" if t.recipient.startswith("p1") else None  # noqa: E731
    server = serve(rules={"rcpt": rule})
    provider = provider_of(server)
    plan = warmup_plans.start(provider=provider, caps=CAPS)
    WarmupPlan.objects.update(day=2)
    batch = batch_of(provider, 60)
    send(batch)
    assert Attempt.objects.filter(decision="refused").count() == 11
    a_day_passes(plan)
    assert plan.day == 1
    assert WarmupDay.objects.get().reason.startswith("18.3% of the addresses did not exist")


@pytest.mark.parametrize("changes", [{"stream": "transactional"}, {"rehearsal": True}])
def test_neither_confirmations_nor_rehearsals_count(
    changes: dict[str, Any], serve: Any, provider_of: Any, batch_of: Any, send: Any
) -> None:
    kind = "sandbox" if "rehearsal" in changes else "smtp"
    provider = provider_of(serve(), kind=kind)
    plan = warmup_plans.start(sender_domain="news.example.org", caps=[10])
    batch = batch_of(provider, 30, sender_domain="news.example.org", **changes)
    send(batch)
    assert tally(batch).accepted == 30
    plan.refresh_from_db()
    assert plan.used == 0


def test_held_plan_stays_at_its_day(serve: Any, provider_of: Any, batch_of: Any, send: Any) -> None:
    provider = provider_of(serve())
    plan = warmup_plans.start(provider=provider, caps=CAPS)
    WarmupPlan.objects.update(state="held")
    send(batch_of(provider, 60))
    a_day_passes(plan)
    assert (plan.day, plan.used) == (1, 0)
    assert Contact.objects.count() == 60


def test_giving_back_and_taking_do_not_wait_for_each_other(provider_of: Any, serve: Any, batch_of: Any) -> None:
    provider = provider_of(serve(), per_day=1000)
    warmup_plans.start(provider=provider, caps=[100])
    batch = batch_of(provider, 10)
    back = Flush(0, 1, 1, provider, batch.pk, granted_to=10, window_end=10, release_from=4)
    with connect() as taker, connect() as giver, taker.cursor() as taking, giver.cursor() as giving:
        limits.count(taking, provider, 10)
        taker.commit()
        assert warmup_plans.take(taking, provider, batch.pk, 10) == 10
        thread = Thread(target=grant, args=(giving, Writing(back)))
        thread.start()
        wait_for(lambda: taking.execute(_WAITS, [giver.info.backend_pid]).fetchone())
        limits.count(taking, provider, 10)
        taker.commit()
        thread.join(60)


_WAITS = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"


def connect() -> psycopg.Connection[Any]:
    return psycopg.connect(**connection_parameters())
