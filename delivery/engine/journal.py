"""What this process has begun to send, in a file that survives its death.

One file a process, preallocated, held by `flock` for life. The first page says whose it is; the rest is a ring of
32-byte records that never cross a page, each naming its chunk and epoch, because several chunks are driven at once. A
slot is used again only after the ledger has its message's outcome. Nothing is fsynced: the page cache outlives the
process, and after a crash of the machine the boot id differs and the file proves nothing.
"""

import fcntl
import json
import os
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import IntEnum
from pathlib import Path
from uuid import uuid4
from zlib import crc32

RECORD = struct.Struct("<BBHIqqQ")  # kind, stage, code, crc, chunk, message, epoch << 40 | number
_UNSEALED = struct.Struct("<BBHqqQ")
_PAIR = struct.Struct(RECORD.format + RECORD.format[1:])
_PAGE = 4096
_SLOTS = 1 << 17
_NUMBER_BITS = 40


class Kind(IntEnum):
    BEGUN = ord("I")
    ACCEPTED = ord("A")
    REFUSED = ord("R")
    WITHDRAWN = ord("W")  # begun, but the dot never left


_BEGUN, _ACCEPTED = int(Kind.BEGUN), int(Kind.ACCEPTED)


class Full(OSError):
    """The ring has come round to messages whose outcome the ledger has not got yet."""


@dataclass(frozen=True, slots=True)
class Owner:
    host: str
    boot: str
    pid: int
    started: str  # by the kernel's clock, so that a pid used again is not taken for the same process
    pid_space: str

    @classmethod
    def this_process(cls) -> "Owner":
        pid = os.getpid()
        return cls(os.uname().nodename, boot_id(), pid, started(pid), os.readlink("/proc/self/ns/pid"))

    @property
    def is_within_reach(self) -> bool:
        """Its pid means the same to us as to itself."""
        return os.readlink("/proc/self/ns/pid") == self.pid_space

    @property
    def is_running(self) -> bool:
        return started(self.pid) == self.started


@dataclass(frozen=True, slots=True)
class Record:
    kind: Kind
    stage: int
    code: int
    message_id: int


class Journal:
    def __init__(self, folder: Path) -> None:
        """Raises OSError when the disk has no room."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{uuid4().hex}.journal"
        # It gets its name when it is locked: whoever finds one unlocked may take its owner for dead.
        unnamed = self.path.with_suffix(".new")
        self._fd = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self.next_number = 0
        self.floor = 0  # records from here on are still needed
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.posix_fallocate(self._fd, 0, _PAGE + _SLOTS * RECORD.size)
            os.pwrite(self._fd, json.dumps(asdict(Owner.this_process())).encode().ljust(_PAGE), 0)
            unnamed.rename(self.path)
        except OSError:
            unnamed.unlink(missing_ok=True)
            os.close(self._fd)
            raise

    def begun(self, chunk_id: int, epoch: int, message_id: int) -> int:
        """Before its body is written. Returns the record's number; raises OSError, and then nothing may be sent."""
        return self._write(Kind.BEGUN, 0, 0, chunk_id, epoch, message_id)

    def accepted(self, chunk_id: int, epoch: int, message_id: int) -> None:
        self._write(Kind.ACCEPTED, 0, 0, chunk_id, epoch, message_id)

    def chained(self, accepted: tuple[int, int, int], begun: tuple[int, int, int]) -> int:
        """Of (chunk, epoch, message) each: `accepted` of one and `begun` of the one behind it, in a single write."""
        number = self.next_number
        if number % _SLOTS == _SLOTS - 1:  # the ring goes on at its beginning
            self.accepted(*accepted)
            return self.begun(*begun)
        chunk, epoch, message = accepted
        next_chunk, next_epoch, next_message = begun
        stamp, next_stamp = epoch << _NUMBER_BITS | number, next_epoch << _NUMBER_BITS | number + 1
        crc = crc32(_UNSEALED.pack(_ACCEPTED, 0, 0, chunk, message, stamp))
        next_crc = crc32(_UNSEALED.pack(_BEGUN, 0, 0, next_chunk, next_message, next_stamp))
        self._append(
            _PAIR.pack(
                *(_ACCEPTED, 0, 0, crc, chunk, message, stamp),
                *(_BEGUN, 0, 0, next_crc, next_chunk, next_message, next_stamp),
            )
        )
        return number + 1

    def refused(self, chunk_id: int, epoch: int, message_id: int, stage: int, code: int) -> None:
        self._write(Kind.REFUSED, stage, code, chunk_id, epoch, message_id)

    def withdrawn(self, chunk_id: int, epoch: int, message_id: int) -> None:
        self._write(Kind.WITHDRAWN, 0, 0, chunk_id, epoch, message_id)

    def close(self) -> None:
        """Begin no dot and give up the lock: from now on it is read like that of a dead process."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    @property
    def is_closed(self) -> bool:
        return self._fd < 0

    def _write(self, kind: Kind, stage: int, code: int, chunk_id: int, epoch: int, message_id: int) -> int:
        number = self.next_number
        self._append(_sealed(number, kind, stage, code, chunk_id, epoch, message_id))
        return number

    def _append(self, records: bytes) -> None:
        number, count = self.next_number, len(records) // RECORD.size
        if number + count - self.floor > _SLOTS:
            raise Full(f"{_SLOTS} records wait for the ledger")
        if os.pwrite(self._fd, records, _PAGE + number % _SLOTS * RECORD.size) != len(records):
            raise OSError("the journal took only a part of a record")
        self.next_number = number + count


def _sealed(number: int, kind: Kind, stage: int, code: int, chunk_id: int, epoch: int, message_id: int) -> bytes:
    stamp = epoch << _NUMBER_BITS | number
    crc = crc32(_UNSEALED.pack(kind, stage, code, chunk_id, message_id, stamp))
    return RECORD.pack(kind, stage, code, crc, chunk_id, message_id, stamp)


class Held:
    """A dead process's journal, locked by us for as long as the `with` block lasts."""

    def __init__(self, path: Path) -> None:
        """Raises FileNotFoundError, or BlockingIOError while its owner lives."""
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._fd)
            raise

    def __enter__(self) -> "Held":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def last_words(self, chunk_id: int, epoch: int) -> dict[int, Record]:
        """The newest record of each message of this chunk under this epoch."""
        found: dict[int, tuple[int, Record]] = {}
        for number, record in self._records(chunk_id, epoch):
            if record.message_id not in found or found[record.message_id][0] < number:
                found[record.message_id] = (number, record)
        return {message_id: record for message_id, (_, record) in found.items()}

    def settled(self) -> dict[int, Record]:
        """What was accepted or refused, of whatever chunk."""
        found = {}
        for _, record in sorted(self._records(), key=lambda numbered: numbered[0]):
            if record.kind in (Kind.ACCEPTED, Kind.REFUSED):
                found[record.message_id] = record
        return found

    def _records(self, wanted_chunk: int = 0, wanted_epoch: int = 0) -> Iterator[tuple[int, Record]]:
        """Of one chunk under one epoch, or all."""
        size = os.fstat(self._fd).st_size - _PAGE
        content = os.pread(self._fd, size - size % RECORD.size, _PAGE)
        for kind, stage, code, crc, chunk_id, message_id, stamp in RECORD.iter_unpack(content):
            if wanted_chunk and (chunk_id != wanted_chunk or stamp >> _NUMBER_BITS != wanted_epoch):
                continue
            # A record torn by the death of its writer was not acted upon.
            if kind and crc == crc32(_UNSEALED.pack(kind, stage, code, chunk_id, message_id, stamp)):
                yield stamp & ((1 << _NUMBER_BITS) - 1), Record(Kind(kind), stage, code, message_id)


def is_given_up(path: Path) -> bool:
    """Whether its owner is dead, or left it to recovery: the kernel frees the lock with the last of its threads."""
    try:
        with Held(path):
            return True
    except OSError:
        return False


def read_owner(path: Path) -> Owner | None:
    """Whose journal this is; None: it cannot be read or was never finished."""
    try:
        with path.open("rb") as file:
            return Owner(**json.loads(file.read(_PAGE)))
    except (OSError, ValueError, TypeError):
        return None


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def started(pid: int) -> str:
    """When a process began; empty: there is none, or it is only a corpse its parent has not buried."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
