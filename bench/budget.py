"""Where the microseconds of one message go: each step of the engine on its own, without a server.

Real chunks of a real batch are claimed, read, built, journalled and settled as the engine does it; only the wire is
left out. `database` is what the session's server process used meanwhile. What `send` shows as `worker` beyond these
steps is SMTP: replies, system calls and TCP.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any
from uuid import uuid4

import psutil

from bench.sending import Plan, launch
from bench.stage import stage

_WINDOW = 500
_MESSAGES = 16_000  # all that one tick offers


class Watch:
    """Processor time by step: of this process, and of the database session."""

    def __init__(self, session: psutil.Process) -> None:
        self.ours: defaultdict[str, float] = defaultdict(float)
        self.database: defaultdict[str, float] = defaultdict(float)
        self._session = session

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began, there = time.process_time(), self._spent()
        yield
        self.ours[name] += time.process_time() - began
        self.database[name] += self._spent() - there

    def _spent(self) -> float:
        times = self._session.cpu_times()
        return float(times.user + times.system)


def main(argv: list[str]) -> None:
    with stage("budget"):
        print(json.dumps(measure()))


def measure() -> dict[str, Any]:
    from delivery.dispatch import tick
    from delivery.engine import process
    from delivery.engine.bookkeeping.contents import Contents
    from delivery.engine.bookkeeping.session import Ledger
    from delivery.ledger import building

    batch, _, size = launch(Plan(messages=_MESSAGES), 9)
    building.build(batch.pk)
    tick.tick()
    engine, ledger, contents = process.engine(), Ledger(), Contents()
    session = ledger.transact(lambda cursor: cursor.connection.info.backend_pid)
    watch = Watch(psutil.Process(session))
    done = 0
    while sent := _chunk(engine, ledger, contents, batch.provider, watch):
        done += sent
    ledger.close()
    process.close()
    each = {name: round(seconds / done * 1e6, 1) for name, seconds in watch.ours.items()}
    return {
        "measurement": "budget",
        "messages": done,
        "bytes_each": size,
        "us_each": each,
        "journal_and_checkpoint_us_each": round(each["journal"] + each["checkpoint"], 1),
        "database_us_each": {name: round(watch.database[name] / done * 1e6, 1) for name in ("read", "checkpoint")},
    }


def _chunk(engine: Any, ledger: Any, contents: Any, provider: Any, watch: Watch) -> int:
    """Through one chunk; how many messages it had."""
    from delivery.engine.bookkeeping import window
    from delivery.outcomes import Claim, Flush

    with watch.step("read"):
        claimed = ledger.claim(provider, "marketing", uuid4(), engine.place, _WINDOW)
        if claimed is None:
            return 0
        chunk, epoch, number, end = claimed.chunk_id, claimed.epoch, claimed.flush_no, claimed.window_end
        facts = contents.facts(claimed.batch_id, claimed.version)
        claim = Claim(chunk, facts, epoch, number, claimed.ids, end, 0.0)
        letters, _ = ledger.transact(lambda cursor: window.read_window(cursor, window.Unread.of(claim), end))
    with watch.step("build"):
        for letter in letters:
            facts.compiled.build(letter.recipient)
            facts.compiled.envelope_from(letter.recipient)
    ids = [letter.message_id for letter in letters]
    with watch.step("journal"):
        engine.journal.begun(chunk, epoch, ids[0])
        for accepted, begun in pairwise(ids):
            engine.journal.chained((chunk, epoch, accepted), (chunk, epoch, begun))
        engine.journal.accepted(chunk, epoch, ids[-1])
    engine.journal.floor = engine.journal.next_number
    half = len(ids) // 2
    with watch.step("checkpoint"):
        ledger.flush(Flush(chunk, epoch, number, provider, facts.id, end, end, accepted=ids[:half]))
        last = Flush(chunk, epoch, number + 1, provider, facts.id, end, end, accepted=ids[half:], ends=True)
        ledger.flush(last)
    return len(ids)
