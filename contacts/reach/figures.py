"""Growth and churn in figures, read from days alone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, Sum
from django.utils import timezone

from accounts.wording import rate
from contacts.models import Contact
from contacts.reach.models import AudienceCount, AudienceDay

TERMS = ("joined", "unsubscribed", "bounced", "complained", "blocked", "expired")
LEAVING = TERMS[1:]
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Change:
    """Within a span of days. reachable before + joined - gone = reachable after."""

    before: int
    joined: int = 0
    unsubscribed: int = 0
    bounced: int = 0
    complained: int = 0
    blocked: int = 0
    expired: int = 0

    @property
    def gone(self) -> int:
        return self.unsubscribed + self.bounced + self.complained + self.blocked + self.expired

    @property
    def net(self) -> int:
        return self.joined - self.gone

    @property
    def after(self) -> int:
        return self.before + self.net

    @property
    def churn(self) -> float | None:
        """The share that went of those who were there at the beginning."""
        return self.gone / self.before if self.before else None

    @property
    def words(self) -> str:
        """The change with its sign, and what it is of those who were there at the beginning."""
        if not self.net:
            return "0"
        sign = "+" if self.net > 0 else MINUS
        share = f" ({sign}{rate(abs(self.net) / self.before)})" if self.before else ""
        return f"{sign}{abs(self.net):,}{share}"


@dataclass(frozen=True, slots=True)
class Audience:
    counted_at: datetime
    reachable: int
    paused: int  # of them, who want no campaign for a while yet; at this moment
    changes: dict[int, Change]  # by days

    @property
    def is_empty(self) -> bool:
        return not self.reachable and not any(change.joined for change in self.changes.values())


def audience(spans: tuple[int, ...] = (30, 90)) -> Audience | None:
    """None: nobody has counted yet. Three queries, whatever the spans."""
    last = AudienceCount.objects.first()
    if last is None:
        return None
    today = timezone.localdate()
    filters = {f"{span}": Q(on__gt=today - timedelta(days=span)) for span in spans}
    sums = _sums({"all": Q(), **filters})
    reachable = _net(sums["all"])
    changes = {span: Change(reachable - _net(sums[f"{span}"]), **sums[f"{span}"]) for span in spans}
    return Audience(last.counted_at, reachable, Contact.objects.paused().agreed().count(), changes)


def change_between(since: date, until: date) -> Change:
    """From the beginning of `since` to the end of `until`."""
    sums = _sums({"before": Q(on__lt=since), "within": Q(on__gte=since, on__lte=until)})
    return Change(_net(sums["before"]), **sums["within"])


def _sums(filters: dict[str, Q]) -> dict[str, dict[str, int]]:
    """By the name of each filter; one query."""
    wanted = {f"{name}_{term}": Sum(term, filter=found) for name, found in filters.items() for term in TERMS}
    row = AudienceDay.objects.aggregate(**wanted)
    return {name: {term: row[f"{name}_{term}"] or 0 for term in TERMS} for name in filters}


def _net(terms: dict[str, int]) -> int:
    return terms["joined"] - sum(terms[name] for name in LEAVING)
