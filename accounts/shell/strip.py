"""The tally as a strip: where each of its parts begins and how wide it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

LABELS = {
    "accepted": ("Accepted", "The receiving server took it. Later bounces are counted in the report."),
    "waiting": ("Waiting", "Not tried yet, or to be tried again."),
    "refused": ("Refused", "The receiving server said no for good."),
    "uncertain": ("May have arrived", "The connection broke before the answer. Never sent again by itself."),
    "skipped": ("Skipped", "Left out on purpose, for instance unsubscribed in the meantime."),
}
# A handful among a million must still be seen.
_LEAST_WIDTH = 0.7


class Tally(Protocol):
    @property
    def total(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def waiting(self) -> int: ...
    @property
    def refused(self) -> int: ...
    @property
    def uncertain(self) -> int: ...
    @property
    def skipped(self) -> int: ...
    @property
    def unaccounted(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    label: str
    definition: str
    count: int
    link: str
    x: str
    width: str


def parts(tally: Tally, links: Mapping[str, str] | None) -> list[Part]:
    counts = {name: int(getattr(tally, name)) for name in LABELS}
    widths = _widths(counts, max(tally.total, sum(counts.values())))
    found, x = [], 0.0
    for name, (label, definition) in LABELS.items():
        link = (links or {}).get(name, "")
        found.append(Part(name, label, definition, counts[name], link, f"{x:.3f}%", f"{widths[name]:.3f}%"))
        x += widths[name]
    return found


def in_words(found: list[Part]) -> str:
    """What the strip shows, for those who cannot see it."""
    return ", ".join(f"{part.count:,} {part.label.lower()}" for part in found)


def _widths(counts: Mapping[str, int], whole: int) -> dict[str, float]:
    if not whole:
        return dict.fromkeys(counts, 0.0)
    wanted = {name: max(count * 100 / whole, _LEAST_WIDTH) if count else 0.0 for name, count in counts.items()}
    too_much = max(sum(wanted.values()) / 100, 1.0)
    return {name: width / too_much for name, width in wanted.items()}
