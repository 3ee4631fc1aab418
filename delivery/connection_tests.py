"""Connection tests under way, of providers and of mailboxes: each runs in a thread of its own and leaves its steps in
the cache for the page to fetch.

In a thread, not in a queue: it must work when the workers do not, and it waits far more than it computes.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from django.core.cache import cache
from django.db import connection

KEPT_SECONDS = 900
_slots = threading.BoundedSemaphore(8)

log = logging.getLogger(__name__)


class TooMany(Exception):
    """As many tests as this process allows are under way."""


class State(StrEnum):
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Step:
    name: str  # key of the labels of its run
    state: State
    milliseconds: int
    words: str
    cure: str = ""
    raw: str = ""  # what the server said; hostile text


@dataclass(frozen=True, slots=True)
class Run:
    key: uuid.UUID
    labels: Mapping[str, str]  # of all steps, in their order
    steps: list[Step]
    is_done: bool

    @property
    def passed(self) -> bool:
        return self.is_done and len(self.steps) == len(self.labels) and self.steps[-1].state != State.BAD

    @property
    def problem(self) -> str:
        """Why it failed, in our words."""
        return self._failed.words if self._failed else ""

    @property
    def cure(self) -> str:
        return self._failed.cure if self._failed else ""

    @property
    def raw(self) -> str:
        """The server's words where it failed; hostile text."""
        return self._failed.raw if self._failed else ""

    @property
    def taken(self) -> list[tuple[str, Step]]:
        """The steps taken, each with its label."""
        return [(self.labels[step.name], step) for step in self.steps]

    @property
    def to_come(self) -> list[str]:
        """Labels of the steps not reached yet, the one under way first."""
        return list(self.labels.values())[len(self.steps) :]

    @property
    def _failed(self) -> Step | None:
        last = self.steps[-1] if self.steps else None
        return last if last and last.state == State.BAD else None


def start(
    what: str, labels: Mapping[str, str], steps: Callable[[], Iterable[Step]], note: Callable[[Run], None]
) -> uuid.UUID:
    """Test `what`, such as "provider 3". `note` keeps what came of it, before a page can show that the test is over."""
    if not _slots.acquire(blocking=False):
        raise TooMany
    run = Run(uuid.uuid4(), labels, [], is_done=False)
    _save(what, run)
    threading.Thread(target=_run, args=(what, run, steps, note), daemon=True, name="connection").start()
    return run.key


def find(what: str, labels: Mapping[str, str], key: uuid.UUID) -> Run | None:
    kept = cache.get(_name(what, key))
    if kept is None:
        return None
    steps = [Step(**{**step, "state": State(step["state"])}) for step in kept["steps"]]
    return Run(key, labels, steps, kept["is_done"])


def _run(what: str, run: Run, steps: Callable[[], Iterable[Step]], note: Callable[[Run], None]) -> None:
    try:
        for step in steps():
            run = Run(run.key, run.labels, [*run.steps, step], is_done=False)
            _save(what, run)
    except Exception:
        log.exception("A connection test broke off")
    finally:
        run = Run(run.key, run.labels, run.steps, is_done=True)
        try:
            note(run)
        except Exception:
            log.exception("The result of a connection test could not be kept")
        finally:
            _save(what, run)
            _slots.release()
            connection.close()


def _save(what: str, run: Run) -> None:
    kept = {"steps": [asdict(step) for step in run.steps], "is_done": run.is_done}
    cache.set(_name(what, run.key), kept, KEPT_SECONDS)


def _name(what: str, key: uuid.UUID) -> str:
    return f"connection-test:{what.replace(' ', ':')}:{key}"
