"""Planned campaigns to lists that were archived since: they do not start, and somebody is told before that."""

from collections.abc import Iterator

from django.db.models import QuerySet

from accounts.models import User
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from accounts.wording import isolated
from campaigns.models import Campaign
from contacts.list_uses import Use
from contacts.models import MailingList

_MOST = 5


def uses(found: MailingList) -> Iterator[Use]:
    planned = Campaign.objects.scheduled().filter(lists=found, on_any_list=False).select_related("batch")
    for campaign in planned[:_MOST]:
        kind = "planned rehearsal" if campaign.is_rehearsal else "planned campaign"
        yield Use(campaign.name, campaign.get_absolute_url(), kind, holds=False)


def problems(user: User) -> Iterator[Problem]:
    for campaign in with_archived_lists().select_related("batch").distinct().order_by("batch__not_before")[:_MOST]:
        archived = campaign.lists.exclude(archived_at=None).order_by("name")[0]
        what = "The rehearsal of " if campaign.is_rehearsal else ""
        title = f"{what}“{isolated(campaign.name)}” will not start: its list “{isolated(archived.name)}” is archived"
        text = "Use the list again on its page, or take the campaign back and choose another list."
        about = Alarm.CAMPAIGN.about(campaign.pk)
        yield Problem("bad", title, text, campaign.get_absolute_url(), "Look at it", about)


def with_archived_lists() -> QuerySet[Campaign]:
    """One as often as it has archived lists."""
    return Campaign.objects.scheduled().filter(lists__archived_at__isnull=False, on_any_list=False)
