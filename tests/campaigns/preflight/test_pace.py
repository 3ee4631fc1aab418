"""That a quota, a pace or a warm-up makes hours or days of a mail is said before it goes."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from campaigns.models import Campaign
from campaigns.preflight import checklist
from delivery.models import Provider
from delivery.throttling import limits, warmup_plans
from tests.campaigns.preflight.test_checklist import campaign as campaign
from tests.campaigns.preflight.test_checklist import real as real

pytestmark = pytest.mark.django_db


def said(campaign: Campaign, people: int | None = None) -> dict[str, str]:
    """By code; three people are on its list."""
    return {finding.code: finding.text for finding in checklist.check(campaign, people=people)}


def test_the_quota_of_a_day_is_told_with_the_days_it_takes(campaign: Campaign, real: Provider) -> None:
    real.per_day = 500
    real.save()
    campaign.provider = real
    assert said(campaign) == {}, "three people"
    assert said(campaign, 500) == {}
    assert said(campaign, 1_200) == {
        "quota": "Relay takes 500 mails a day, and 500 of them are left now: "
        "the last of 1,200 people gets it in about 2 days."
    }
    with connection.cursor() as cursor:
        limits.count(cursor, real, 200)
    assert "300 of them are left now" in said(campaign, 400)["quota"]
    (finding,) = checklist.check(campaign, people=400)
    assert (finding.level, finding.card) == ("warn", "from")


def test_of_two_quotas_the_tighter_one_is_named(campaign: Campaign, real: Provider) -> None:
    real.per_hour, real.per_day = 100, 100_000
    campaign.provider = real
    assert said(campaign, 350)["quota"].endswith(
        "takes 100 mails an hour, and 100 of them are left now: "
        "the last of 350 people gets it in about 3\N{NO-BREAK SPACE}h."
    )


def test_a_slow_way_out_is_told_when_it_takes_days(campaign: Campaign, real: Provider) -> None:
    real.per_minute = 60
    campaign.provider = real
    assert said(campaign, 60_000) == {}, "under a day"
    assert said(campaign, 200_000) == {
        "slow-way-out": "Relay takes 60 mails a minute: 200,000 people take about 3 days."
    }


def test_a_warm_up_is_told_with_its_days_and_a_rehearsal_is_held_back_by_nothing(
    campaign: Campaign, real: Provider
) -> None:
    warmup_plans.start(provider=real, caps=[50, 100, 200])
    campaign.provider = real
    assert said(campaign, 50) == {}
    assert "50 of 300 people get it today, the last in about 2 days" in said(campaign, 300)["warm-up"]
    campaign.provider = Provider.objects.sandbox()
    assert said(campaign, 300) == {}


def test_it_is_said_in_the_last_question_before_the_launch(
    campaign: Campaign, real: Provider, marketer: User, client_for: Callable[[User], Client]
) -> None:
    Provider.objects.filter(pk=real.pk).update(per_day=2)
    campaign.provider = real
    campaign.save()
    page = client_for(marketer).get(f"/campaigns/{campaign.pk}/launch/").content.decode()
    assert "the last of 3 people gets it in about 1 day" in page
