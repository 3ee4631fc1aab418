"""Connection tests under way: each runs in a thread of its own and leaves its steps in the cache for the page to fetch.

In a thread, not in a queue: it must work when the workers do not, and it waits far more than it computes.
"""

import logging
import threading
import uuid
from dataclasses import asdict, dataclass

from django.core.cache import cache
from django.db import connection, transaction

from accounts.models import Organisation
from accounts.web_addresses import ascii_host
from delivery import verp
from delivery.models import Provider
from delivery.providers.check import steps
from delivery.providers.check.steps import STEPS, State, Step, Target
from delivery.routing import circuits
from delivery.transports.smtp.transport import local_name

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
    def problem(self) -> str:
        """Why it failed, in our words."""
        last = self.steps[-1] if self.steps else None
        return last.words if last and last.state == State.BAD else ""

    @property
    def to_come(self) -> list[str]:
        """Labels of the steps not reached yet, the one under way first."""
        return list(STEPS.values())[len(self.steps) :]


def start(provider: Provider, *, recipient: str) -> uuid.UUID:
    """`recipient`: an address of the tester's own, named to the server; nothing is sent to it."""
    if not _slots.acquire(blocking=False):
        raise TooMany
    key = uuid.uuid4()
    _save(provider.pk, Run(key, [], is_done=False))
    tried = target(provider, recipient=recipient)
    threading.Thread(target=_run, args=(provider.pk, key, tried), daemon=True, name="connection").start()
    return key


def find(provider_id: int, key: uuid.UUID) -> Run | None:
    kept = cache.get(_name(provider_id, key))
    if kept is None:
        return None
    return Run(key, [Step(**{**step, "state": State(step["state"])}) for step in kept["steps"]], kept["is_done"])


def target(provider: Provider, *, recipient: str) -> Target:
    organisation = Organisation.get()
    return Target(
        host=provider.host,
        port=provider.port,
        security=provider.security,
        username=provider.username,
        password=provider.password,
        sender=verp.address(0, _sender_domain(organisation)),
        recipient=recipient,
        local_name=local_name(),
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
            note(provider_id, run)  # before a page can show that the test is over
        except Exception:
            log.exception("The result of a connection test could not be kept")
        finally:
            _save(provider_id, run)
            _slots.release()
            connection.close()


def note(provider_id: int, run: Run) -> None:
    """Keep what came of it, unless the provider was removed, or the test broke off by a fault of ours."""
    with transaction.atomic():
        # Locked, so that it is not removed while its circuit is closed.
        tested = Provider.objects.select_for_update().kept().filter(pk=provider_id).first()
        if tested is None:
            return
        if run.passed:
            tested.passed_test()
            circuits.close(provider_id)
        elif run.problem:
            tested.failed_test(run.problem)


def _save(provider_id: int, run: Run) -> None:
    kept = {"steps": [asdict(step) for step in run.steps], "is_done": run.is_done}
    cache.set(_name(provider_id, run.key), kept, KEPT_SECONDS)


def _name(provider_id: int, key: uuid.UUID) -> str:
    return f"connection-test:{provider_id}:{key}"
