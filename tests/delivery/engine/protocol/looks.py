"""What the model says when it is asked as `reality.Reality` can be asked, to see whether they agree."""

from collections import Counter
from typing import Any

from tests.delivery.engine.protocol.model import World
from tests.delivery.engine.protocol.parts import Chunk, Claim, Journal, State


def rows(world: World) -> list[Any]:
    """The ledger."""
    chunks = [_chunk(chunk, world.journals) for chunk in world.chunks]
    messages = [(int(message.state), message.attempts) for message in world.messages.values()]
    return [chunks, messages, _counts(world.counts)]


def memory(world: World, key: int) -> list[Any]:
    """What a worker believes; of a dead one nothing."""
    worker = world.workers.get(key)
    if worker is None:
        return []
    claims = [_claim(claim) for claim in worker.claims]
    return [claims, worker.stopped, worker.broken, worker.owes, worker.journal.floor]


def _chunk(chunk: Chunk, journals: list[Journal]) -> tuple[Any, ...]:
    row = (chunk.number, chunk.is_done, _counts(chunk.counts))
    if chunk.is_done:
        return row
    owner = journals.index(chunk.owner) if chunk.owner else None
    held = (chunk.members, chunk.epoch, chunk.flush_no, chunk.window_end, owner, chunk.takeovers, chunk.quarantined)
    return row + held


def _claim(claim: Claim) -> tuple[Any, ...]:
    return (
        claim.chunk,
        claim.epoch,
        claim.flush_no,
        claim.window_end,
        claim.read_end,
        claim.stop,
        [letter.message for letter in claim.ready],
        sorted(letter.message for letter in claim.in_flight),
        sorted((letter.message, int(state)) for letter, state in claim.settled),
    )


def _counts(counts: Counter[State]) -> list[int]:
    return [counts[state] for state in State]
