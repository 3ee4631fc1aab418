"""What is on its way this moment, and what comes next."""

from dataclasses import dataclass
from hashlib import blake2s

from django.db.models import Case, IntegerField, Q, Value, When

from campaigns.models import Campaign, Stage
from contacts.importing.running import progress as import_progress
from contacts.models import ImportJob
from delivery import ledger
from delivery.ledger.lanes import pausing
from delivery.models import Batch, Provider
from delivery.policy import mailbox_providers
from delivery.providers import health

MOST = 5
# By a stop rule, or before it began: where a person pauses it, what was accepted by then is noted.
STOPPED = Q(batch__state=Batch.State.PAUSED, batch__rehearsal=False) & (
    ~Q(batch__stop_rule="") | Q(batch__started_at=None, batch__accepted_when_paused=None)
)
_UNDER_WAY = (ImportJob.State.CHECKING, ImportJob.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Flight:
    campaign: Campaign
    batch: Batch
    tally: ledger.Tally | None
    progress: ledger.Progress
    holdup: health.Holdup | None

    @property
    def stage(self) -> Stage:
        return self.campaign.stage

    @property
    def paused_for(self) -> str:
        """Mailbox providers for which alone it is paused."""
        return " and ".join(mailbox_providers.IN_WORDS[lane] for lane in pausing.pauses(self.batch))

    @property
    def stopped_itself(self) -> bool:
        batch = self.batch
        has_not_begun = batch.started_at is None and batch.accepted_when_paused is None
        return self.stage == Stage.PAUSED and bool(batch.stop_rule or has_not_begun)


@dataclass(frozen=True, slots=True)
class Import:
    job: ImportJob
    progress: import_progress.Progress


@dataclass(frozen=True, slots=True)
class Now:
    flights: list[Flight]
    more: int  # under way and not shown
    scheduled: list[Campaign]
    imports: list[Import]

    @property
    def is_empty(self) -> bool:
        return not (self.flights or self.scheduled or self.imports)

    @property
    def is_lively(self) -> bool:
        return any(flight.stage != Stage.PAUSED for flight in self.flights) or bool(self.imports)

    @property
    def stages(self) -> str:
        """Changes once something begins, pauses, goes on or ends: then the rest of Home has news, too."""
        parts = [f"{flight.campaign.pk} {flight.stage}" for flight in self.flights]
        parts += [f"scheduled {campaign.pk}" for campaign in self.scheduled]
        parts += [f"import {found.job.pk} {found.job.state}" for found in self.imports]
        return blake2s(" ".join([*parts, str(self.more)]).encode(), digest_size=6).hexdigest()


def now() -> Now:
    """A bounded number of queries: only the first few are shown, those first that stopped themselves."""
    stopped, paused = When(STOPPED, then=Value(0)), When(batch__state=Batch.State.PAUSED, then=Value(1))
    grave_first = Case(stopped, paused, default=Value(2), output_field=IntegerField())
    under_way = Campaign.objects.under_way().select_related("batch__provider", "batch__rehearsed_for")
    found = list(under_way.order_by(grave_first, "-batch__started_at", "-pk")[: MOST + 1])
    more = under_way.count() - MOST if len(found) > MOST else 0
    shown = [(campaign, campaign.batch) for campaign in found[:MOST] if campaign.batch]
    tallies = ledger.tallies([batch for _, batch in shown])
    holdups = _holdups([batch for _, batch in shown])
    imports = ImportJob.objects.filter(state__in=_UNDER_WAY)[:MOST]
    flights = [
        Flight(campaign, batch, tally := tallies.get(batch.pk), ledger.progress(batch, tally), holdups.get(batch.pk))
        for campaign, batch in shown
    ]
    return Now(
        flights,
        more,
        list(Campaign.objects.scheduled().select_related("batch").order_by("batch__not_before")[:MOST]),
        [Import(job, import_progress.of(job)) for job in imports],
    )


def _holdups(batches: list[Batch]) -> dict[int, health.Holdup]:
    """One query as long as all providers are well, which is nearly always."""
    return health.holdups(batches) if Provider.objects.out_of_service().exists() else {}
