"""The part of a turn that runs in the ledger's thread: what it begins with, takes, tells and learns."""

import contextlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import uuid4

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections

from accounts import secrets
from delivery import ledger
from delivery.engine.bookkeeping import halts, window
from delivery.engine.bookkeeping.claiming import WINDOW, Claimed, Place
from delivery.engine.bookkeeping.conclusions import Conclusions
from delivery.engine.bookkeeping.contents import Contents
from delivery.engine.bookkeeping.halts import Halt
from delivery.engine.bookkeeping.refusals import Refusals
from delivery.engine.bookkeeping.session import Ledger
from delivery.engine.bookkeeping.window import Unread
from delivery.ledger import proving
from delivery.models import Breaker, MessageState, Provider
from delivery.oauth.tokens import NoToken
from delivery.outcomes import BatchFacts, Claim, Flush, Letter, Outcome, Standing
from delivery.policy import proof
from delivery.policy.circuit_breaker import Circuit
from delivery.replies import Category, Verdict
from delivery.routing import circuits
from delivery.throttling.limits import Limiter, Limits, connect
from delivery.transports.base import Transport
from delivery.transports.kinds import transport_to

log = logging.getLogger(__name__)

_CAME_BACK = "The process that sent it was taken for dead; it came back, and says so."


@dataclass(frozen=True, slots=True)
class Learned:
    """What a checkpoint brings back to the loop."""

    standing: Standing
    letters: list[Letter] = field(default_factory=list)
    skipped: list[Outcome] = field(default_factory=list)
    left: dict[int, Outcome] = field(default_factory=dict)  # of letters read earlier: who must not get them any more


class Books:
    def __init__(self, ledger_: Ledger, contents: Contents, place: Place, provider: Provider, stream: str) -> None:
        self._ledger = ledger_
        self._contents = contents
        self._place = place
        self._provider = provider
        self._stream = stream
        self._refusals = Refusals()

    def claim(self, size: int, safe_until: float) -> Claim | None:
        """The next chunk on offer, with up to `size` of its messages; None: nothing can be had now."""
        claimed = self._ledger.claim(self._provider, self._stream, uuid4(), self._place, size)
        if claimed is None:
            return None
        batch = self._facts(claimed)
        if batch is None:
            return None
        claim = Claim(
            claimed.chunk_id,
            batch,
            claimed.epoch,
            claimed.flush_no,
            claimed.ids,
            claimed.window_end,
            safe_until,
            lane=claimed.lane,
            lane_rate=claimed.lane_rate,
            is_pinned=claimed.is_pinned,
            read_end=claimed.read_from,
        )
        try:
            letters, skipped = self._read(Unread.of(claim), claim.window_end)
        except psycopg.OperationalError:
            return claim  # it is ours: its first checkpoint reads
        claim.ready.extend(letters)
        claim.settled.extend(skipped)
        claim.read_end = max(claim.read_end, claim.window_end)
        return claim

    def flush(self, flush: Flush, unread: Unread, stale: list[int]) -> Learned:
        """Write a checkpoint and read what it allows; `stale`: letters to look at again, read some time ago.

        Raises Fenced, or OperationalError: then the same flush is to be written again.
        """
        self._weigh(flush)
        self._refusals.before(flush.settled)
        standing = self._ledger.flush(flush)
        self._refusals.after(unread.batch, flush.settled)
        if flush.ends or flush.release_from is not None or standing.stop:
            return Learned(standing)
        letters, skipped = self._read(unread, standing.window_end)
        left: dict[int, Outcome] = {}
        if stale:
            left = self._ledger.transact(lambda cursor: window.read_again(cursor, unread.batch, stale))
        return Learned(standing, letters, skipped, left)

    def _weigh(self, flush: Flush) -> None:
        """Refusals that nothing proves yet wait: see delivery.policy.proof."""
        doubtful = [
            outcome
            for outcome in flush.settled
            if outcome.state == MessageState.REFUSED
            and proof.needs_proof(outcome.stage, outcome.category, outcome.text)
        ]
        if not doubtful or flush.takes_mail:
            return
        known = flush.batch_id, flush.provider.pk
        if self._ledger.transact(lambda cursor: proving.is_proven(cursor, *known)):
            return
        for outcome in doubtful:
            outcome.state, outcome.decision, outcome.category = MessageState.DEFERRED, "retry", proof.UNPROVEN
            outcome.verdict = Verdict(Category.UNKNOWN)
            outcome.suppresses, outcome.failing = False, None

    def tell_late(self, flush: Flush) -> None:
        """We were taken for dead, and what we know for uncertain."""
        accepted = flush.accepted + [o.message_id for o in flush.settled if o.state == MessageState.ACCEPTED]
        with contextlib.suppress(DatabaseError):
            ledger.settle_uncertain(accepted, as_=MessageState.ACCEPTED, because=_CAME_BACK)

    def pause(self, found: Iterable[Halt]) -> None:
        halts.pause(self._provider, found)

    def _read(self, unread: Unread, until: int) -> tuple[list[Letter], list[Outcome]]:
        if unread.begin >= until:
            return [], []
        return self._ledger.transact(lambda cursor: window.read_window(cursor, unread, until))

    def _facts(self, claimed: Claimed) -> BatchFacts | None:
        """None: it cannot be prepared, so the batch pauses and the chunk is given back."""
        try:
            return self._contents.facts(claimed.batch_id, claimed.version)
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:  # whatever a content app may raise; another turn must not meet it again
            log.exception("the content of batch %s cannot be prepared", claimed.batch_id)
            self.pause([Halt(claimed.batch_id, "The content cannot be prepared.", str(problem))])
            self._ledger.flush(self._give_back(claimed))
            return None

    def _give_back(self, claimed: Claimed) -> Flush:
        end = claimed.window_end
        return Flush(
            claimed.chunk_id,
            claimed.epoch,
            claimed.flush_no,
            self._provider,
            claimed.batch_id,
            granted_to=end,
            window_end=end,
            release_from=claimed.read_from,
        )


@dataclass(frozen=True, slots=True)
class Start:
    """What a turn begins with. `books` and `conclusions` stay in the ledger's thread."""

    provider: Provider
    stream: str
    transport: Transport
    books: Books
    conclusions: Conclusions
    limiter: Limiter | None = None
    window: int = WINDOW
    is_probe: bool = False


def prepare(ledger_: Ledger, contents: Contents, place: Place, provider_id: int, stream: str) -> Start | None:
    """None: nothing may go to the provider now."""
    close_old_connections()
    provider = Provider.objects.filter(pk=provider_id).first()
    if provider is None or provider.is_stopped:
        return None
    try:
        transport = transport_to(provider)
    except NoToken as problem:
        if problem.is_refused:
            provider.pause(f"{problem.words} {problem.cure}", problem.raw)
        return None
    except secrets.Unreadable as problem:
        provider.pause("Its stored password cannot be read any more. Enter it again.", str(problem))
        return None
    known = Breaker.objects.filter(pk=provider_id).first()
    circuit = known.circuit if known else Circuit()
    # Always, while the circuit is closed; else one turn may, with one message, when it is time.
    is_probe = not circuit.carries and circuits.begin_probe(provider_id)
    if not circuit.carries and not is_probe:
        return None
    limits = Limits.of(provider)
    rate = limits.rate_per_second
    return Start(
        provider,
        stream,
        transport,
        Books(ledger_, contents, place, provider, stream),
        Conclusions(ledger_, provider, circuit, is_probe=is_probe),
        Limiter(str(provider.pk), limits, connect(), stream=stream) if rate is not None else None,
        _window(1.0 if is_probe else rate),
        is_probe,
    )


def _window(rate_per_second: float | None) -> int:
    """At a slow provider at most one second's grant."""
    return WINDOW if rate_per_second is None else max(1, min(WINDOW, int(rate_per_second)))
