"""Connection tests under way: each runs in a thread of its own and leaves its steps in the cache for the page to fetch.

In a thread, not in a queue: it must work when the workers do not, and it waits far more than it computes.
"""

import logging
import threading
import uuid
from dataclasses import asdict, dataclass

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.web_addresses import ascii_host
from delivery import verp
from delivery.models import Provider
from delivery.providers.check import steps
from delivery.providers.check.steps import STEPS, State, Step, Target
from delivery.routing import circuits

KEPT_SECONDS = 900
_slots = threading.BoundedSemaphore(8)

log = logging.getLogger(__name__)


class TooMany(Exception):
    """As many tests as this process allows are under way."""


@dataclass(frozen=True, slots=True)
class Run:
    key: uuid.UUID
    steps: list[Step]
    is_done: bool

    @property
    def passed(self) -> bool:
        return self.is_done and len(self.steps) == len(STEPS) and self.steps[-1].state != State.BAD

    @property
    def to_come(self) -> list[str]:
        """Labels of the steps not reached yet, the one under way first."""
        return list(STEPS.values())[len(self.steps) :]


def start(provider: Provider) -> uuid.UUID:
    if not _slots.acquire(blocking=False):
        raise TooMany
    key = uuid.uuid4()
    _save(provider.pk, Run(key, [], is_done=False))
    threading.Thread(target=_run, args=(provider.pk, key, target(provider)), daemon=True, name="connection").start()
    return key


def find(provider_id: int, key: uuid.UUID) -> Run | None:
    kept = cache.get(_name(provider_id, key))
    if kept is None:
        return None
    return Run(key, [Step(**{**step, "state": State(step["state"])}) for step in kept["steps"]], kept["is_done"])


def target(provider: Provider) -> Target:
    organisation = Organisation.get()
    return Target(
        host=provider.host,
        port=provider.port,
        security=provider.security,
        username=provider.username,
        password=provider.password,
        sender=verp.address(0, _sender_domain(organisation)),
        is_our_sandbox=provider.is_rehearsal,
    )


def _sender_domain(organisation: Organisation | None) -> str:
    try:
        return ascii_host(organisation.sender_email.rpartition("@")[2] if organisation else "localhost")
    except ValueError:
        return "localhost"


def _run(provider_id: int, key: uuid.UUID, target: Target) -> None:
    run = Run(key, [], is_done=False)
    try:
        for step in steps.run(target):
            run = Run(key, [*run.steps, step], is_done=False)
            _save(provider_id, run)
    except Exception:
        log.exception("A connection test broke off")
    finally:
        run = Run(key, run.steps, is_done=True)
        try:
            _note(provider_id, run)  # before a page can show that the test is over
        finally:
            _save(provider_id, run)
            _slots.release()


def _note(provider_id: int, run: Run) -> None:
    try:
        if run.passed:
            with transaction.atomic():  # its row stays locked, so nobody removes the provider in between
                if Provider.objects.kept().filter(pk=provider_id).update(tested_at=timezone.now()):
                    circuits.close(provider_id)
    finally:
        connection.close()


def _save(provider_id: int, run: Run) -> None:
    kept = {"steps": [asdict(step) for step in run.steps], "is_done": run.is_done}
    cache.set(_name(provider_id, run.key), kept, KEPT_SECONDS)


def _name(provider_id: int, key: uuid.UUID) -> str:
    return f"connection-test:{provider_id}:{key}"
