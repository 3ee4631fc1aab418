"""The tables of a proof sheet as rows: for the page, and for a spreadsheet."""

from collections.abc import Callable, Sequence
from typing import Any

_TALLY = {
    "total": "To send",
    "accepted": "Accepted",
    "waiting": "Waiting",
    "refused": "Refused",
    "uncertain": "May have arrived",
    "skipped": "Skipped",
    "unaccounted": "Unaccounted for",
}
Rows = Sequence[Sequence[Any]]


def tally(document: dict[str, Any]) -> Rows:
    """What became of everybody; that nobody is missing is not worth a row."""
    counts = document["tally"]
    rows = [(label, counts[term]) for term, label in _TALLY.items() if counts[term] or term != "unaccounted"]
    return [*rows, ("Unsubscribed since", document["unsubscribed"])]


def consent(document: dict[str, Any]) -> Rows:
    return [(source["means"], source["people"]) for source in document["consent"]]


def agreed(person: dict[str, Any]) -> Rows:
    """Every act of one person; see campaigns.proof.person."""
    names = ("at", "kind", "list", "channel", "by", "ip", "text")
    return [[act[name] for name in names] for act in person["consent"]]


# Of a sheet; and of one person's.
TABLES: dict[str, tuple[Sequence[str], Callable[[dict[str, Any]], Rows]]] = {
    "tally": (("To how many", "People"), tally),
    "consent": (("Where their consent came from", "People"), consent),
}
OF_PERSON: dict[str, tuple[Sequence[str], Callable[[dict[str, Any]], Rows]]] = {
    "agreed": (("When", "What", "List", "How", "By", "IP address", "Words"), agreed),
}
