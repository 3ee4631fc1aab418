"""Mails to those who work here, through a real provider: at once, past the ledger.

A link in them is as good as a password, so no page shows them and no queue keeps them. In a thread, not in a queue,
also because somebody who is locked out may be the one who mends the workers.
"""

import asyncio
import contextlib
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from django.db import connection, transaction

from accounts.egress import failures
from accounts.models import Organisation
from accounts.people import mailing
from accounts.people.mailing import Mail
from accounts.secrets import Unreadable
from delivery.content import Attached, Parts, Recipient
from delivery.domains import known
from delivery.domains.signing import loading
from delivery.models import Provider
from delivery.outcomes import BatchFacts, Claim, Letter
from delivery.replies import Stage
from delivery.transports.base import Answer, CannotCarry, CannotOpen, Channel, Transport
from delivery.transports.kinds import transport_to

_SECONDS = 60
_FAREWELL_SECONDS = 2
_NONE_READY = "No mail server is ready."
_OF_THE_FRAME = frozenset({"subject", "date", "mime-version", "content-type", "content-transfer-encoding"})
_AT_ONCE = 4
_MOST_WAITING = 200

log = logging.getLogger(__name__)


def ready() -> list[Provider]:
    """Real ones against which nothing is known, the default first. Never the sandbox: such a mail must arrive."""
    found = Provider.objects.kept().filter(state=Provider.State.ACTIVE, test_failed_at=None)
    real = found.exclude(kind=Provider.Kind.SANDBOX).select_related("breaker").order_by("-is_default", "name")
    return [provider for provider in real if not (provider.trouble and provider.trouble.is_open)]


class StaffMail:
    """accounts.people.mailing.Carrier"""

    def is_ready(self) -> bool:
        return bool(ready())

    def carry(self, mail: Mail) -> None:
        transaction.on_commit(lambda: _begin(mail))


@dataclass(frozen=True, slots=True)
class Outcome:
    """`problem`: why no provider took it; empty when one did. It may have arrived all the same, or surely has not."""

    problem: str = ""
    may_have_arrived: bool = False


def send(mail: Mail) -> Outcome:
    """Now, before this returns."""
    outcome = Outcome(_NONE_READY)
    for provider in ready():
        outcome = send_through(provider, mail)
        if not outcome.problem or outcome.may_have_arrived:
            break
    return outcome


def send_through(provider: Provider, mail: Mail) -> Outcome:
    """By that provider, now, whatever is known against it."""
    organisation = Organisation.get()
    if organisation is None:
        return Outcome("The organisation is not set up.")
    message = mail.written(organisation)
    sender = message["From"].addresses[0].addr_spec
    return send_raw_through(provider, message.as_bytes(policy=policy.SMTP), sender=sender, to=mail.to)


def send_raw_through(
    provider: Provider, body: bytes, *, sender: str, to: str, seconds: float = _SECONDS, signed_as: str = ""
) -> Outcome:
    """A finished mail, whoever wrote it. `signed_as`: the From domain, where it is not the return address's."""
    try:
        letter = _letter(body, sender, to, signed_as or known.domain_of(sender))
        asyncio.run(_hand_over(transport_to(provider), letter, seconds))
    except (LookupError, RecursionError, UnicodeError):
        return Outcome(f"{provider}: the mail cannot be read, so that it could be handed over.")
    except (CannotOpen, CannotCarry, Unreadable, _Failed, ValueError, TimeoutError, OSError) as error:
        problem = f"{provider}: {failures.why(error)}"
        is_uncertain = isinstance(error, TimeoutError) or (isinstance(error, _Failed) and error.may_have_arrived)
        return Outcome(problem, may_have_arrived=is_uncertain)
    return Outcome()


# Begun at the first mail, never in a parent that forks; whatever waits is still carried when the process ends.
_threads = ThreadPoolExecutor(_AT_ONCE, "staff mail")
_places = threading.BoundedSemaphore(_AT_ONCE + _MOST_WAITING)


def _begin(mail: Mail) -> None:
    if _places.acquire(blocking=False):
        _threads.submit(_carry, mail)
    else:
        log.warning("a mail to somebody who works here was not sent: too many wait")
        mailing.outcome(mail, "Too many mails wait already.")


def _carry(mail: Mail) -> None:
    try:
        problem = send(mail).problem
        if problem:
            log.warning("a mail to somebody who works here was not sent: %s", problem)
        mailing.outcome(mail, problem)
    except Exception:
        log.exception("a mail to somebody who works here was not sent")
    finally:
        connection.close()
        _places.release()


class _Failed(Exception):
    def __init__(self, words: str, *, may_have_arrived: bool = False) -> None:
        super().__init__(words)
        self.may_have_arrived = may_have_arrived


class _Written:
    """delivery.content.Compiled of one mail."""

    def __init__(self, sender: str, body: bytes) -> None:
        self._sender = sender
        self._body = body

    def envelope_from(self, recipient: Recipient) -> str:
        return self._sender

    def build(self, recipient: Recipient) -> bytes:
        return self._body

    def parts(self, recipient: Recipient) -> Parts:
        read = message_from_bytes(self._body, policy=policy.default)
        text, html = read.get_body(("plain",)), read.get_body(("html",))
        headers = [(name, str(value)) for name, value in read.items() if name.lower() not in _OF_THE_FRAME]
        words = (html.get_content() if html else "", text.get_content() if text else "")
        attached = tuple(map(_attached, read.iter_attachments()))
        return Parts(headers, str(read["Subject"]), *words, lambda: attached)


def _attached(part: EmailMessage) -> Attached:
    if part.is_multipart():  # a mail that is attached as it is
        content = b"".join(inner.as_bytes() for inner in part.iter_parts())
    else:
        content = bytes(part.get_payload(decode=True))
    return Attached(part.get_filename() or "attachment", part.get_content_type(), content)


def _letter(body: bytes, sender: str, to: str, signed_as: str) -> Letter:
    content = _Written(sender, body)
    signer = loading.signer_of(signed_as)
    facts = BatchFacts(0, "transactional", rehearsal=False, lists=[], compiled=content, signer=signer)
    claim = Claim(0, facts, epoch=0, flush_no=0, ids=(), window_end=1, safe_until=float("inf"))
    return Letter(claim, 0, 0, to, 0, False, Recipient(0, None, to, {}, opens=False, clicks=False))


class _OneLetter:
    """A feed that gives one letter and waits for the word on it."""

    def __init__(self, letter: Letter) -> None:
        self._letter: Letter | None = letter
        self.word: asyncio.Future[_Failed | None] = asyncio.get_running_loop().create_future()

    def take(self) -> Letter | None:
        letter, self._letter = self._letter, None
        return letter

    def begin(self, letter: Letter) -> bool:
        return True

    def accepted(self, letter: Letter, receipt: str = "") -> None:
        self._say(None)

    def chained(self, letter: Letter, following: Letter) -> bool:
        self.accepted(letter)
        return self.begin(following)

    def refused(self, letter: Letter, stage: Stage, answer: Answer) -> None:
        self._say(_Failed(f"{answer.code} {answer.text}"))

    def lost(self, letter: Letter, stage: Stage, *, uncertain: bool, why: str, **_: Any) -> None:
        self._say(_Failed(why, may_have_arrived=uncertain))

    def closed(self, channel: Channel, why: str) -> None:
        self._say(_Failed(why))

    def _say(self, word: _Failed | None) -> None:
        if not self.word.done():
            self.word.set_result(word)


async def _hand_over(transport: Transport, letter: Letter, seconds: float) -> None:
    gone = asyncio.Event()
    async with asyncio.timeout(seconds):
        transport.encode(letter)
        channel = await transport.open(lambda channel: gone.set())
        feed = _OneLetter(letter)
        try:
            channel.begin(feed, messages=1)
            failed = await feed.word
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(gone.wait(), _FAREWELL_SECONDS)
        finally:
            channel.abort("done")
        if failed:
            raise failed
