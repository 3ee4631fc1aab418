"""Spools: files that hold what readers did until the intake has stored it.

A web process appends one line an act with one write, so that nothing it answered is lost when it is killed; it holds
a lock on its file for life, which tells the intake whether more may come. Lines carry a checksum: a torn last one, or
blocks a power cut left empty, are recognised and passed over.
"""

import fcntl
import os
import threading
import uuid
from pathlib import Path
from time import time
from typing import NamedTuple
from zlib import crc32

SUFFIX = ".spool"
REPORTED = 20  # no EventKind: a goal that a page says was reached (tracking.conversions)
ANONYMOUS = "anonymous"  # how the note of an act begins that is nobody's
MAX_AGENT_CHARS = 300
_ROTATE_BYTES = 64 * 1024 * 1024
_CHECKSUM_CHARS = 8
_FIELDS = 7


class Act(NamedTuple):
    """One act of a reader. Opens and clicks know their message (and link), unsubscribes their contact and batch; what
    is counted anonymously knows its batch (and link), and its note says so; what is reported its message and goal.
    """

    at: float  # seconds since 1970
    kind: int  # EventKind, or REPORTED
    first: int  # message, contact of an unsubscribe, or batch of what is nobody's
    second: int  # link or 0, or batch of an unsubscribe
    note: str  # "head", "prefetch" or "hidden" (tracking.scoring.requests), an unsubscribe's channel; see ANONYMOUS
    ip: str
    user_agent: str


class Spool:
    """The file this process appends to, opened at the first act, followed by a new one when it has grown."""

    def __init__(self, folder: Path, rotate_bytes: int = _ROTATE_BYTES) -> None:
        self._folder = folder
        self._rotate_bytes = rotate_bytes
        self._lock = threading.Lock()
        self._file = -1
        self._room = 0
        os.register_at_fork(after_in_child=self._forget)

    def append(self, kind: int, first: int, second: int, note: str, ip: str, user_agent: str) -> None:
        """Durable against a killed process once it returns. Raises OSError when the disk takes no more."""
        line = _line(time(), kind, first, second, note, ip, user_agent)
        with self._lock:
            if self._room < len(line):
                self._open()
            self._room -= len(line)
            if os.write(self._file, line) != len(line):
                self._room = 0  # torn: nothing may follow it in this file
                raise OSError("The spool took only a part of a line.")

    def _open(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{os.getpid()}-{uuid.uuid4().hex}"
        hidden = self._folder / f"{name}.new"
        file = os.open(hidden, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)  # before the name shows: the intake deletes what nobody holds
        hidden.rename(self._folder / f"{name}{SUFFIX}")
        if self._file >= 0:
            os.close(self._file)
        self._file, self._room = file, self._rotate_bytes

    def _forget(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._lock = threading.Lock()
        self._file, self._room = -1, 0


def encode(act: Act) -> bytes:
    return _line(act.at, act.kind, act.first, act.second, act.note, act.ip, act.user_agent)


def _line(at: float, kind: int, first: int, second: int, note: str, ip: str, user_agent: str) -> bytes:
    agent = user_agent[:MAX_AGENT_CHARS]
    if not agent.isprintable():
        agent = "".join(character if character.isprintable() else " " for character in agent)
    # An EventKind formats itself ten times slower than a number.
    body = f"{at:.6f}\t{int(kind)}\t{first}\t{second}\t{note}\t{ip}\t{agent}".encode("utf-8", "replace")
    return b"%08x%b\n" % (crc32(body), body)


def decode(line: bytes) -> Act | None:
    """The act of one line without its end, or None for a torn one."""
    body = line[_CHECKSUM_CHARS:]
    if line[:_CHECKSUM_CHARS] != b"%08x" % crc32(body):
        return None
    fields = body.decode().split("\t", _FIELDS - 1)
    if len(fields) != _FIELDS:
        return None
    at, kind, first, second, note, ip, agent = fields
    return Act(float(at), int(kind), int(first), int(second), note, ip, agent)


def read(path: Path, offset: int, limit_bytes: int) -> tuple[list[Act], int]:
    """Acts from `offset` on, and the offset behind the last whole line. Torn lines are passed over."""
    with path.open("rb") as file:
        file.seek(offset)
        block = file.read(limit_bytes)
    end = block.rfind(b"\n") + 1
    acts = [act for line in block[:end].split(b"\n") if line and (act := decode(line))]
    return acts, offset + end


def is_abandoned(path: Path) -> bool:
    """Its writer is gone, so that nothing more will be appended."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
