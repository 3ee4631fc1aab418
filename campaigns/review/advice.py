"""What else the page of checks advises: it takes longer than preflight may, which is asked with every change."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from accounts.wording import count, count_people, rate
from campaigns.models import Campaign
from campaigns.preflight.findings import Finding
from campaigns.review.spam_points import Verdict
from contacts import audience
from contacts.segments import measuring
from contacts.segments.measuring import TooSlow

_ASLEEP_DAYS = 180
_MANY = 0.25  # of all who get it
_FEWEST = 20


def check(campaign: Campaign, verdict: Verdict | None) -> Iterator[Finding]:
    """`verdict`: what SpamAssassin gave the mail, where it was asked."""
    if verdict and verdict.kind != "good":
        text = f"SpamAssassin gives the mail {verdict.points:.1f} points; from 5 on it takes mail for spam."
        cure = "Its rules stand under Spam points, the gravest first."
        yield Finding("warn", "spam-points", text, cure, "content")
    if not campaign.revision_of_id and not campaign.translation_of_id:
        yield from _asleep(campaign)


def _asleep(campaign: Campaign) -> Iterator[Finding]:
    since = timezone.now() - timedelta(days=_ASLEEP_DAYS)
    try:
        with measuring.within(measuring.PATIENT_MS):
            people, asleep = audience.asleep(campaign.audience(), since)
    except TooSlow:
        return
    if asleep >= max(_FEWEST, people * _MANY):
        text = (
            f"{count(asleep)} of {count_people(people)} ({rate(asleep / people, '1')}) opened and clicked nothing in "
            f"{_ASLEEP_DAYS} days. Mailboxes take mail that many leave unread for unwanted."
        )
        cure = "Send to a segment of those who did, or ask the others whether they want to stay."
        yield Finding("warn", "asleep", text, cure, "to")
