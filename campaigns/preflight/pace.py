"""What preflight says of how long a mail takes where its way out makes hours or days of it."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection

from accounts.wording import count_people, isolated, span
from campaigns.message.encoding import ascii_address
from campaigns.models import Campaign
from campaigns.preflight.findings import Finding
from contacts import audience
from delivery.models import Provider
from delivery.throttling import limits, warmup_plans
from delivery.throttling.limits import Quota

HOLDING_BACK = frozenset({"quota", "slow-way-out"})
_LONG = timedelta(days=1)  # of a mail that no quota holds back
_CURE = "Let it take its time, leave people out, or choose another way out."


def check(campaign: Campaign, provider: Provider, people: int | None) -> Iterator[Finding]:
    """`people`: who will receive it; None: they are counted where something holds them back at all."""
    plans = warmup_plans.plans_of(provider, _domain(campaign))
    spacing = limits.Limits.of(provider).spacing_seconds
    with connection.cursor() as cursor:
        quotas = limits.quotas(cursor, provider)
        if not (plans or quotas or spacing):
            return
        if people is None:
            people = audience.summary(campaign.audience()).will_receive
        by_quota = timedelta(seconds=limits.seconds_by_quota(cursor, provider, people))
    by_pace = timedelta(seconds=people * spacing)
    short = [quota for quota in quotas if quota.left < people]
    if short and by_quota >= by_pace:
        quota = min(short, key=_a_day)
        text = (
            f"{isolated(str(provider))} takes {quota.limit:,} mails {quota.span}, and {quota.left:,} of them are left "
            f"now: the last of {count_people(people)} gets it in about {_rounded(by_quota)}."
        )
        yield Finding("warn", "quota", text, _CURE, "from")
    elif by_pace >= _LONG:
        a_minute = 60 / spacing
        text = f"{isolated(str(provider))} takes {a_minute:,.0f} mails a minute: {count_people(people)} take "
        yield Finding("warn", "slow-way-out", f"{text}about {_rounded(by_pace)}.", _CURE, "from")
    if outlook := warmup_plans.outlook(plans, people):
        days = timedelta(days=outlook.days)
        text = (
            f"{isolated(str(outlook.plan))} is warming up: {outlook.spread[0]:,} of {count_people(people)} get it "
            f"today, the last in about {_rounded(days)}."
        )
        yield Finding("warn", "warm-up", text, _CURE, "from")


def _domain(campaign: Campaign) -> str:
    try:
        return ascii_address(campaign.sender_email).rpartition("@")[2]
    except ValueError:
        return ""


def _a_day(quota: Quota) -> float:
    return quota.limit * (1 if quota.span == "a day" else 24)


def _rounded(length: timedelta) -> str:
    """Days without their hours: it is an estimate."""
    return span(timedelta(days=-(-length // _LONG))) if length >= _LONG else span(length)
