"""Campaigns that stopped themselves or did not start, for alarms; Home shows them among what is under way."""

from collections.abc import Iterator

from accounts.models import User
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from accounts.wording import isolated
from campaigns.models import Campaign
from campaigns.morning.now import STOPPED


def problems(user: User) -> Iterator[Problem]:
    for campaign in Campaign.objects.under_way().filter(STOPPED).select_related("batch"):
        if campaign.batch is None:
            continue
        act = "stopped itself" if campaign.batch.stop_rule else "did not start"
        title, reason = f"“{isolated(str(campaign))}” {act}", campaign.batch.state_reason
        about = Alarm.CAMPAIGN.about(campaign.pk)
        yield Problem("bad", title, reason, campaign.get_absolute_url(), "Look at it", about)
