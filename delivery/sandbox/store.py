"""Keeps what was accepted. One thread copies what has gathered; while it commits, the next batch gathers."""

import asyncio
import logging
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError, connection, transaction

from delivery.models import SandboxMail, SandboxRelay
from delivery.sandbox import headers, words
from delivery.sandbox.mailboxes.models import OWN, SandboxMailbox
from delivery.sandbox.rehearsing import relaying

BATCH = 200
KNOWN_WITHIN_SECONDS = 60
_COLUMNS = (
    *("mailbox_id", "received_at", "envelope_from", "envelope_to", "sender", "subject", "message_id", "preview"),
    *("words", "size_bytes", "raw"),
)
_COPY = f"COPY delivery_sandboxmail ({', '.join(_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
_TYPES = ["int8", "timestamptz", *["varchar"] * 6, "text", "int4", "bytea"]
_BROKEN = (DatabaseError, InterfaceError, psycopg.Error)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mail:
    envelope_from: str
    recipients: tuple[str, ...]
    raw: bytes
    mailbox_id: int = OWN
    relayed_by: int | None = None  # a provider in rehearsal that still writes to its recipient


class Outcome(StrEnum):
    KEPT = "kept"
    NOT_KEPT = "not kept"
    UNKNOWN = "unknown"  # the database went away in the middle of the commit and did not come back in time


class CommitUnknown(Exception):
    """The connection broke between COMMIT and its answer; `transaction_id` tells once the database is back."""

    def __init__(self, transaction_id: str) -> None:
        super().__init__(transaction_id)
        self.transaction_id = transaction_id


_Waiting = tuple[Mail, "asyncio.Future[Outcome]"]


class Store:
    def __init__(self) -> None:
        self.kept = 0
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "store")
        self._settling: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def keep(self, mail: Mail) -> Outcome:
        """Returns after the commit."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((mail, future))
        self._wake.set()
        return await future

    async def run(self) -> None:
        """Until `stop`, and then until nothing waits any more."""
        while self._waiting or not self._stopping:
            await self._wake.wait()
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if not self._waiting and not self._stopping:
                self._wake.clear()
            if batch:
                await self._write(batch)
        await asyncio.gather(*self._settling)
        await asyncio.get_running_loop().run_in_executor(self._thread, _disconnect)

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()

    async def _write(self, batch: list[_Waiting]) -> None:
        loop = asyncio.get_running_loop()
        try:
            outcome = await loop.run_in_executor(self._thread, write, [mail for mail, _ in batch])
        except CommitUnknown as problem:
            task = loop.create_task(self._settle(batch, problem.transaction_id))
            self._settling.add(task)
            task.add_done_callback(self._settling.discard)
            return
        self._answer(batch, outcome)

    async def _settle(self, batch: list[_Waiting], transaction_id: str) -> None:
        self._answer(batch, await asyncio.to_thread(find_out, transaction_id))

    def _answer(self, batch: list[_Waiting], outcome: Outcome) -> None:
        self.kept += len(batch) if outcome == Outcome.KEPT else 0
        for _, future in batch:
            if not future.done():
                future.set_result(outcome)


def write(mails: list[Mail]) -> Outcome:
    """All of them or none; raises CommitUnknown when only the database knows."""
    transaction_id = ""
    try:
        mails = _into_mailboxes_of_providers(mails)
        with transaction.atomic():
            transaction_id = _copy(mails)
    except _BROKEN as problem:
        log.warning("The sandbox could not keep %d mails: %s", len(mails), type(problem).__name__)
        connection.close()
        if transaction_id:
            raise CommitUnknown(transaction_id) from None
        return Outcome.NOT_KEPT
    return Outcome.KEPT


def find_out(transaction_id: str, within_seconds: float = KNOWN_WITHIN_SECONDS) -> Outcome:
    """Ask the database, once it is back, whether that transaction was committed."""
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        match _status(transaction_id):
            case "committed":
                return Outcome.KEPT
            case "aborted":
                return Outcome.NOT_KEPT
        time.sleep(0.2)
    return Outcome.UNKNOWN


def _status(transaction_id: str) -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_xact_status(%s::xid8)", [transaction_id])
            return str(cursor.fetchone()[0])
    except _BROKEN:
        return ""
    finally:
        connection.close()


def _disconnect() -> None:
    connection.close()


def _copy(mails: list[Mail]) -> str:
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        transaction_id = str(cursor.fetchone()[0])
        _keep_what_is_relayed(mails)
        with cursor.copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for mail in mails:
                for row in _rows(mail, now) if not mail.relayed_by else ():
                    copy.write_row(row)
    return transaction_id


def _into_mailboxes_of_providers(mails: list[Mail]) -> list[Mail]:
    """What was addressed to a provider in rehearsal is kept in its mailbox. Only our own mail can be."""
    found = relaying.of_providers([mail.envelope_from for mail in mails if mail.mailbox_id == OWN])
    return [_of_provider(mail, found[mail.envelope_from]) if mail.envelope_from in found else mail for mail in mails]


def _of_provider(mail: Mail, mailbox: SandboxMailbox) -> Mail:
    provider = mailbox.provider
    is_relayed = provider is not None and any(relaying.is_allowed(provider, each) for each in mail.recipients)
    return replace(mail, mailbox_id=mailbox.pk, relayed_by=provider.pk if provider and is_relayed else None)


def _keep_what_is_relayed(mails: list[Mail]) -> None:
    """One by one, for their ids; there are few."""
    for mail in mails:
        if mail.relayed_by:
            for row in _rows(mail, datetime.now(UTC)):
                kept = SandboxMail.objects.create(**dict(zip(_COLUMNS, row, strict=True)))
                SandboxRelay.objects.create(mail=kept, provider_id=mail.relayed_by)


def _rows(mail: Mail, now: datetime) -> Iterator[tuple[Any, ...]]:
    """One a recipient."""
    listed, text = headers.read(mail.raw), words.read(mail.raw)
    shown = (listed.sender, listed.subject, listed.message_id, words.preview(text))
    size, packed = len(mail.raw), zlib.compress(mail.raw, 1)
    for recipient in mail.recipients:
        searched = f"{recipient} {listed.sender} {listed.subject} {text}".lower()
        yield (mail.mailbox_id, now, mail.envelope_from, recipient, *shown, searched, size, packed)
