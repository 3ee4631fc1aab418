"""Reports over several campaigns: empty, and with what a year brings."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign
from contacts.models import ListDay
from delivery.models import Batch
from tests.web import stage
from tests.web.address import STAFF, Address
from tests.web.cast import Cast
from tracking.models import Breakdown, Cohort, EventKind, Rollup


def sent(cast: Cast) -> dict[str, Any]:
    """Two real campaigns, one of them far better."""
    cast.once("good sums", lambda: _sums(stage.launched(cast, Batch.State.DONE), 900))
    cast.once("bad sums", lambda: _sums(stage.launched(cast, Batch.State.CANCELLED), 300))
    return {}


def compared(cast: Cast) -> dict[str, Any]:
    sent(cast)
    found = [stage.launched(cast, state).pk for state in (Batch.State.DONE, Batch.State.CANCELLED)]
    return {"query": "?" + "&".join(f"campaign={pk}" for pk in found)}


def grown(cast: Cast) -> dict[str, Any]:
    one = stage.mailing_list(cast)
    cast.once("days", lambda: ListDay.objects.create(list=one, on=_day(20), joined=400, unsubscribed=7, lost=2, back=1))
    return {}


def grown_alone(cast: Cast) -> dict[str, Any]:
    grown(cast)
    return {"query": f"?list={stage.mailing_list(cast).pk}&days=30"}


def joined(cast: Cast) -> dict[str, Any]:
    this_month = timezone.localdate().replace(day=1)
    earlier = (this_month - timedelta(days=40)).replace(day=1)
    cast.once("many", lambda: Cohort.objects.create(joined=earlier, month=earlier, mailed=300, clicked=40))
    cast.once("few", lambda: Cohort.objects.create(joined=earlier, month=this_month, mailed=7, clicked=2))
    return {}


def _sums(campaign: Campaign, people: int) -> int:
    batch = campaign.batch
    assert batch is not None
    Batch.objects.filter(pk=batch.pk).update(total=10_000, accepted=10_000)
    kind, hour = EventKind.CLICK, timezone.now().replace(minute=0, second=0, microsecond=0)
    Breakdown.objects.create(batch=batch, kind=kind, by="lane", value="gmail", people=people, total=people)
    Rollup.objects.create(batch=batch, kind=kind, hour=hour, is_machine=False, people=people, total=people)
    return people


def _day(ago: int) -> date:
    return timezone.localdate() - timedelta(days=ago)


ADDRESSES: dict[str, Address] = {
    "reports": Address(STAFF, states=(sent,)),
    "report-compare": Address(STAFF, states=(sent, compared)),
    "report-lists": Address(STAFF, states=(grown, grown_alone)),
    "report-cohorts": Address(STAFF, states=(joined,)),
    "report-hours": Address(STAFF, states=(sent,)),
}
