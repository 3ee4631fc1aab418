"""Up to five campaigns side by side: which figure is better where, and which differences are none."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from campaigns.across import differences
from campaigns.across.choosing import real
from campaigns.across.differences import Finding, Judgement, Rank
from campaigns.across.gathering import FIGURES
from campaigns.models import Campaign
from delivery.models import Batch
from tracking.conversions import reading as goals
from tracking.reports import batch_sums, since_start
from tracking.reports.batch_sums import Sums
from tracking.reports.definitions import DEFINITIONS
from tracking.reports.usual import SETTLED

MOST = 5
_HIGHER_IS_BETTER = {"clicked", "opened"}
_DEFINITIONS = DEFINITIONS | {
    "bounced": "Accepted at first, then returned, out of those accepted.",
}
_WORDS = {
    Finding.CHANCE: "No difference: chance alone would bring such figures.",
    Finding.TOO_EARLY: "Too early to tell: not all of them were sent a day ago.",
    Finding.TOO_FEW: "Too few people to tell a difference.",
}


@dataclass(frozen=True, slots=True)
class Column:
    campaign: Campaign
    batch: Batch
    sums: Sums


@dataclass(frozen=True, slots=True)
class Cell:
    of: str  # the campaign's name, for a phone
    people: int
    share: float | None
    rank: Rank
    is_counted: bool = True  # by person

    @property
    def kind(self) -> str:
        """How the rank looks."""
        return {Rank.BEST: "good", Rank.AMONG_BEST: "good", Rank.WORST: "warn", Rank.AMONG_WORST: "warn"}.get(
            self.rank, "none"
        )


@dataclass(frozen=True, slots=True)
class Line:
    key: str
    label: str
    definition: str
    cells: list[Cell]
    words: str

    @property
    def is_large(self) -> bool:
        """Its shares are of per cents, not of tenths of one."""
        return self.key in _HIGHER_IS_BETTER


@dataclass(frozen=True, slots=True)
class Mark:
    """So many hours after the start: the share that had clicked, of each campaign."""

    hours: int
    cells: list[tuple[str, float | None]]

    @property
    def label(self) -> str:
        return f"{self.hours} h" if self.hours <= 48 else f"{self.hours // 24} days"


@dataclass(frozen=True, slots=True)
class Reached:
    """How often a goal was reached by each campaign, and its worth in one currency. None: not at all."""

    goal: str
    currency: str
    cells: list[tuple[str, goals.Row | None]]


class Comparison:
    """`asked` are ids in the order of their columns. What is unknown, a draft or a rehearsal is left out."""

    def __init__(self, asked: Sequence[int], now: datetime | None = None) -> None:
        self._asked = list(dict.fromkeys(asked))
        self._now = now or timezone.now()

    @cached_property
    def columns(self) -> list[Column]:
        known = {each.pk: each for each in real().filter(pk__in=self._asked[:50])}
        chosen = [known[pk] for pk in self._asked if pk in known][:MOST]
        batches = [each.batch for each in chosen if each.batch]
        sums = batch_sums.by_batch(batches)
        return [Column(each, each.batch, sums[each.batch.pk]) for each in chosen if each.batch]

    @property
    def left_out(self) -> int:
        return len(self._asked) - len(self.columns)

    @cached_property
    def lines(self) -> list[Line]:
        return [_line(key, label, self.columns, self._is_early) for key, label in FIGURES.items()]

    @cached_property
    def _is_early(self) -> bool:
        """Beside campaigns of other days, one of today looks worse than it will be."""
        ended = [column.batch.finished_at for column in self.columns]
        return any(at is None or self._now - at < SETTLED for at in ended)

    @property
    def explained(self) -> list[tuple[str, str, str]]:
        """(key, label, definition) of what stands in each line."""
        lines = [(line.key, line.label, line.definition) for line in self.lines]
        return [("delivered", "Delivered", DEFINITIONS["delivered"]), *lines]

    @cached_property
    def marks(self) -> list[Mark]:
        """As far as the oldest of them is; nothing before anybody clicked."""
        curves = since_start.curves([column.batch for column in self.columns], self._now)
        known = [curves[column.batch.pk].shares(column.sums.whole("clicked")) for column in self.columns]
        if not any(share for shares in known for share in shares):
            return []
        names = [column.campaign.name for column in self.columns]
        marks = [
            Mark(hours, [(name, shares[at]) for name, shares in zip(names, known, strict=True)])
            for at, hours in enumerate(since_start.MARKS)
        ]
        return [mark for mark in marks if any(share is not None for _, share in mark.cells)]

    @cached_property
    def conversions(self) -> list[Reached]:
        """What the organisation's own site told: goals that any of them reached, a line each and currency."""
        found: dict[tuple[str, str], dict[int, goals.Row]] = {}
        for column in self.columns:
            clicked, delivered = column.sums.clicked, column.sums.delivered
            for row in goals.rows([column.batch.pk], clicked=clicked, delivered=delivered):
                if row.times or row.refunds:
                    found.setdefault((row.goal, row.currency), {})[column.batch.pk] = row
        return [
            Reached(goal, currency, [(one.campaign.name, rows.get(one.batch.pk)) for one in self.columns])
            for (goal, currency), rows in sorted(found.items())
        ]

    @property
    def chart(self) -> str:
        lines = [
            {"name": column.campaign.name, "values": [_percent(mark.cells[at][1]) for mark in self.marks]}
            for at, column in enumerate(self.columns)
        ]
        return json.dumps({"labels": [mark.label for mark in self.marks], "lines": lines, "unit": " %"})


def _line(key: str, label: str, columns: Collection[Column], is_early: bool) -> Line:
    counts = [(getattr(column.sums, key), column.sums.whole(key)) for column in columns]
    judged = differences.judge(counts, higher_is_better=key in _HIGHER_IS_BETTER)
    if is_early and judged.finding != Finding.TOO_FEW:
        judged = Judgement(Finding.TOO_EARLY, [Rank.NONE] * len(counts))
    cells = [
        Cell(column.campaign.name, people, column.sums.share(key), rank, bool(whole or not column.sums.uncounted))
        for column, (people, whole), rank in zip(columns, counts, judged.ranks, strict=True)
    ]
    words = _WORDS.get(judged.finding, "") if len(columns) > 1 else ""
    return Line(key, label, _DEFINITIONS[key], cells, words)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 2)
