"""People who may have got a campaign or not, for Home."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.problems import Problem
from accounts.wording import count_people, isolated
from campaigns.models import Campaign
from delivery import ledger

_NEWS_FOR = timedelta(days=7)


def problems(user: User) -> Iterator[Problem]:
    """Of what was under way in the last days, because the news of a decision grows old."""
    by_batch = {campaign.batch_id: campaign for campaign in begun() if campaign.batch_id}
    label = "Look and decide" if allows(user, Permission.SEND) else "See who"
    for batch_id, count in ledger.undecided(by_batch).items():
        url = f"{reverse('batch-people', args=[batch_id])}?term=uncertain"
        text = "The connection broke before the answer. Leave it so, or send it again."
        title = f"{count_people(count)} may have got “{isolated(str(by_batch[batch_id]))}” or not"
        yield Problem("warn", title, text, url, label)


def begun() -> QuerySet[Campaign]:
    """Lately."""
    return Campaign.objects.filter(batch__started_at__gt=Now() - _NEWS_FOR, batch__rehearsal=False)
