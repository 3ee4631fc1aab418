"""Asking the child to read mails, and doing without its answer where it does not come."""

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from delivery.bounces import Finding, Kind, Trace
from delivery.domains.delivered.reading import Arrived, Result
from delivery.domains.dmarc_reports.parsing import Report, Row
from delivery.domains.dmarc_reports.reading import Reading
from delivery.feedback.reading.child import FINDING, LENGTH
from delivery.replies import Category

_ROOT = Path(__file__).resolve().parents[3]
_PATIENCE_SECONDS = 20  # for one mail, on a machine that is busy with other things; reading takes milliseconds
_IDLE_SECONDS = 60
_GATHERING_SECONDS = 0.006  # after an answer, so that the next ones are read with it: waking up for each costs more
_HANDED_OVER = 16  # mails, by one write
_WORKING_FOR = 50_000  # mails; then a fresh child, so that nothing piles up in it


@dataclass(frozen=True, slots=True)
class Mail:
    findings: Sequence[Finding]
    trace: Trace
    dmarc: Reading | None = None
    arrived: Arrived | None = None


class _Gone(Exception):
    """The child died or did not answer in time."""


class Reader:
    """One child, begun at the first mail and again when it has died. For one thread."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()
        self._read = 0
        self._used_at = 0.0

    def read(self, mails: Sequence[bytes]) -> Iterator[Mail | None]:
        """What each says, in their order; None for one that the child did not survive."""
        answers = 0
        while answers < len(mails):
            child = self._begun()
            left = mails[answers:]
            threading.Thread(target=_hand_over, args=(child, left), daemon=True).start()
            try:
                for _ in left:
                    yield _mail(self._answer(child))
                    answers += 1
            except _Gone:
                self.close()
                yield None
                answers += 1

    def rest(self) -> None:
        """Give its memory back when nothing has come for a while."""
        if self._child is not None and time.monotonic() - self._used_at > _IDLE_SECONDS:
            self.close()

    def close(self) -> None:
        if self._child is None:
            return
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self._child, self._read = None, 0
        self._buffer.clear()

    def _begun(self) -> subprocess.Popen[bytes]:
        if self._child is not None and (self._read > _WORKING_FOR or self._child.poll() is not None):
            self.close()
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "delivery.feedback.reading.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ},
            )
        return self._child

    def _answer(self, child: subprocess.Popen[bytes]) -> bytes:
        until = time.monotonic() + _PATIENCE_SECONDS
        self._wait_for(child, LENGTH.size, until)
        size = LENGTH.size + LENGTH.unpack_from(self._buffer)[0]
        self._wait_for(child, size, until)
        answer = bytes(self._buffer[LENGTH.size : size])
        del self._buffer[:size]
        self._read += 1
        return answer

    def _wait_for(self, child: subprocess.Popen[bytes], size: int, until: float) -> None:
        if len(self._buffer) >= size:
            return
        descriptor = child.stdout.fileno() if child.stdout else -1
        while len(self._buffer) < size:
            ready, _, _ = select.select([descriptor], [], [], max(0, until - time.monotonic()))
            if ready:
                time.sleep(_GATHERING_SECONDS)
            piece = os.read(descriptor, 1 << 18) if ready else b""
            if not piece:
                raise _Gone
            self._buffer += piece
        self._used_at = time.monotonic()


def _hand_over(child: subprocess.Popen[bytes], mails: Sequence[bytes]) -> None:
    """In a thread of its own, or both would wait for each other to read."""
    with suppress(OSError, ValueError):
        if child.stdin is not None:
            for first in range(0, len(mails), _HANDED_OVER):
                some = mails[first : first + _HANDED_OVER]
                child.stdin.write(b"".join(LENGTH.pack(len(mail)) + mail for mail in some))
            child.stdin.flush()


def _mail(answer: bytes) -> Mail:
    said = json.loads(answer)
    found = [_finding(values) for values in said["findings"]]
    trace = Trace(*(tuple(values) for values in said["trace"]))
    return Mail(found, trace, _dmarc(said["dmarc"]), _arrived(said["arrived"]))


def _arrived(said: Sequence[Any] | None) -> Arrived | None:
    if said is None:
        return None
    token, said_by, results, keys, offers, covering = said
    pairs = tuple((at, name) for at, name in keys)
    return Arrived(token, said_by, tuple(Result(*one) for one in results), pairs, offers, tuple(covering))


def _dmarc(said: Sequence[Any] | None) -> Reading | None:
    if said is None:
        return None
    problem, report = said
    if report is None:
        return Reading(None, problem)
    return Reading(Report(**{**report, "rows": {Row(*row): count for count, *row in report["rows"]}}))


def _finding(values: Sequence[Any]) -> Finding:
    found = dict(zip(FINDING, values, strict=True))
    category, until = found["category"], found["gives_up_at"]
    found["kind"] = Kind(found["kind"])
    found["category"] = Category(category) if category else None
    found["gives_up_at"] = datetime.fromisoformat(until) if until else None
    return Finding(**found)
