"""Runs the sandbox: listens, follows its settings, sweeps out old mails, stops without losing an accepted one."""

import asyncio
import contextlib
import itertools
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from kombu.exceptions import OperationalError

from delivery.models import Batch, Provider
from delivery.sandbox.mailboxes import logins, sweeping
from delivery.sandbox.mailboxes.logins import Logins
from delivery.sandbox.rehearsing import relaying
from delivery.sandbox.session import Hub, Session
from delivery.sandbox.simulating import keeping
from delivery.sandbox.simulating.playing import Rule
from delivery.sandbox.store import Store

LOOK_SECONDS = 1.0
LOOKS_A_SWEEP = 30
STOP_SECONDS = 10
TELL_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Found:
    rules: list[Rule]
    bad_days: list[tuple[int, int]]  # ids of their messages, from and to
    logins: Logins


async def serve(host: str, ports: Sequence[int], ready: Callable[[int], None], *, tells_port: bool = False) -> None:
    """Until SIGTERM or SIGINT, on the first of `ports` that is free. OSError when all are taken.

    `ready` is told the port; with `tells_port` the database is, too, so that rehearsals go there.
    """
    from delivery.sandbox import certificate  # its library of certificates is for this process alone

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    hub = Hub(Store(), tls=certificate.context(settings.SANDBOX_HOST) if settings.SANDBOX_STARTTLS else None)
    server = await _listen(hub, host, ports)
    port: int = server.sockets[0].getsockname()[1]
    keeping = loop.create_task(hub.store.run())
    told = asyncio.Event()
    caring = loop.create_task(_care(hub, port if tells_port else None, told))
    with contextlib.suppress(TimeoutError):  # a database that is away hears of it later
        await asyncio.wait_for(told.wait(), TELL_SECONDS)
    ready(port)
    await stop.wait()
    server.close()
    caring.cancel()
    await _dismiss(hub)
    hub.store.stop()
    hub.reporter.stop()
    hub.audience.stop()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(keeping, STOP_SECONDS)


async def _listen(hub: Hub, host: str, ports: Sequence[int]) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    for port in ports[:-1]:
        with contextlib.suppress(OSError):
            return await loop.create_server(lambda: Session(hub), host, port, backlog=512)
    return await loop.create_server(lambda: Session(hub), host, ports[-1], backlog=512)


async def _dismiss(hub: Hub) -> None:
    hub.stopping = True
    for session in list(hub.sessions):
        session.leave("421 4.3.2 The sandbox stops")
    deadline = asyncio.get_running_loop().time() + STOP_SECONDS
    while hub.sessions and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.02)


async def _care(hub: Hub, port: int | None, told: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, "care") as thread:
        for look in itertools.count():
            found = await loop.run_in_executor(
                thread, _look_after, look % LOOKS_A_SWEEP == 0 or not told.is_set(), port
            )
            if found:
                told.set()
                hub.play.rules, hub.logins = found.rules, found.logins
                hub.bad_days.play(found.bad_days)
            await asyncio.sleep(LOOK_SECONDS)


def _look_after(sweeps: bool, port: int | None) -> Found | None:
    """What the database says now; None while it is away."""
    try:
        rules = keeping.in_effect()
        bad_days = [(day.first_id or 0, day.last_id or 0) for day in Batch.objects.bad_days()]
        if sweeps:
            if port is None:
                Provider.objects.sandbox()  # follows the port of the settings
            else:
                Provider.objects.sandbox_listens_on(port)
            sweeping.sweep()
        known = logins.known()
        if relaying.is_waiting():
            current_app.send_task("delivery.relay_rehearsed", queue="jobs", expires=5)
    except (DatabaseError, InterfaceError, OperationalError):
        connection.close()
        return None
    return Found(rules, bad_days, known)
