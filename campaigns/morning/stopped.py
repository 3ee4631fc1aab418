"""Campaigns that stopped themselves, for alarms; Home shows them among what is under way."""

from collections.abc import Iterator

from accounts.models import User
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from accounts.wording import isolated
from campaigns.models import Campaign
from campaigns.morning.now import STOPPED


def problems(user: User) -> Iterator[Problem]:
    for campaign in Campaign.objects.under_way().filter(STOPPED).select_related("batch"):
        title = f"“{isolated(str(campaign))}” stopped itself"
        reason = campaign.batch.state_reason if campaign.batch else ""
        about = Alarm.CAMPAIGN.about(campaign.pk)
        yield Problem("bad", title, reason, campaign.get_absolute_url(), "Look at it", about)
