"""Which campaigns a report is about: read from its address, said as a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.http import urlencode

from accounts import wording
from accounts.numbers import whole_number
from campaigns.models import Campaign, CampaignQuerySet
from contacts.models import MailingList
from delivery.deliverability.figures import LANES
from delivery.models import Batch

PERIODS = {"30": "the last 30 days", "90": "the last 90 days", "365": "the last 365 days", "all": "all time"}
MOST = 500  # campaigns: what is older is left out, and the page says so
_DEFAULT = "365"


@dataclass(frozen=True, slots=True)
class Choice:
    period: str  # a key of PERIODS; "" with days of its own
    since: date | None
    until: date | None
    mailing_list: MailingList | None
    tag: str
    sender: str
    lane: str

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Choice":
        since, until = _date(asked.get("from", "")), _date(asked.get("to", ""))
        period = asked.get("period", "")
        if since or until:
            period = ""
        elif period not in PERIODS:
            period = _DEFAULT
        list_id, lane = whole_number(asked.get("list")), asked.get("mailbox", "")
        return cls(
            period=period,
            since=timezone.localdate() - timedelta(days=int(period) - 1) if period.isdecimal() else since,
            until=until,
            mailing_list=MailingList.objects.filter(pk=list_id).first() if list_id else None,
            tag=asked.get("tag", "").replace("\0", "")[:100],
            sender=asked.get("sender", "").replace("\0", "")[:254],
            lane=lane if lane in LANES else "",
        )

    @property
    def query(self) -> str:
        """The address that says the same."""
        return urlencode({key: value for key, value in self._asked().items() if value})

    def _asked(self) -> dict[str, str | int]:
        return {
            "period": self.period,
            "from": self.since.isoformat() if self.since and not self.period else "",
            "to": self.until.isoformat() if self.until else "",
            "list": self.mailing_list.pk if self.mailing_list else "",
            "tag": self.tag,
            "sender": self.sender,
            "mailbox": self.lane,
        }

    @property
    def sentence(self) -> str:
        """What was chosen, after "Campaigns"."""
        said = [f"of {PERIODS[self.period]}" if self.period else self._days]
        if self.mailing_list:
            said.append(f"to the list {wording.isolated(str(self.mailing_list))}")
        if self.tag:
            said.append(f"to people tagged “{wording.isolated(self.tag)}”")
        if self.sender:
            said.append(f"from {self.sender}")
        if self.lane:
            said.append(f"at {LANES[self.lane]}" if self.lane != "other" else "at all other mailbox providers")
        return " ".join(said)

    @property
    def _days(self) -> str:
        today = timezone.localdate()
        since = f"from {wording.day(self.since, today)}" if self.since else ""
        until = f"until {wording.day(self.until, today)}" if self.until else ""
        return f"{since} {until}".strip()

    def campaigns(self) -> CampaignQuerySet:
        """The latest first; those that were really sent, or have begun to be."""
        found = real()
        if self.since:
            found = found.filter(batch__started_at__gte=_midnight(self.since))
        if self.until:
            found = found.filter(batch__started_at__lt=_midnight(self.until + timedelta(days=1)))
        if self.mailing_list:
            found = found.filter(lists=self.mailing_list, on_any_list=False)
        if self.tag:
            found = found.filter(tags__contains=[self.tag])
        if self.sender:
            found = found.filter(sender_email__iexact=self.sender)
        return found


def real() -> CampaignQuerySet:
    """Rehearsals are in no report over several campaigns."""
    found = Campaign.objects.whole().filter(batch__rehearsal=False, batch__started_at__isnull=False)
    found = found.exclude(batch__state=Batch.State.BUILDING)
    found = found.defer("blocks", "html", "text")  # many campaigns, and none of their words
    return found.select_related("batch").order_by("-batch__started_at", "-pk")


def senders() -> list[str]:
    found = real().order_by("sender_email").values_list("sender_email", flat=True).distinct()
    return [sender for sender in found if sender][:100]


def tags() -> list[str]:
    """Those that campaigns were sent by."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tag FROM campaigns_campaign, unnest(tags) tag WHERE batch_id IS NOT NULL"
            " ORDER BY tag LIMIT 100"
        )
        return [tag for (tag,) in cursor.fetchall()]


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2200 else None


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))
