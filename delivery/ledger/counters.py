"""The counters of chunks and batches: one for each state of a message, and parts of the refused; as SQL writes them."""

from collections.abc import Iterable

from delivery.models import MessageState

STATES = tuple(state.counter for state in MessageState)
PARTS = ("hard", "blocked")  # of the refused: what stop rules count
ALL = (*STATES, *PARTS)


def columns(table: str, names: Iterable[str] = ALL) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


def summed(names: Iterable[str] = ALL) -> str:
    return ", ".join(f"sum({name}) AS {name}" for name in names)


def added(to: str, other: str, names: Iterable[str] = ALL) -> str:
    """For SET: each counter of `to` grows by the one of `other`."""
    return ", ".join(f"{name} = {to}.{name} + {other}.{name}" for name in names)
