"""Whose mail failed in how many campaigns in a row."""

from datetime import UTC, datetime, timedelta

import pytest

from contacts.models import Contact
from contacts.segments import asking
from contacts.segments.rules import Group, Match, Rule
from delivery.models import Failure
from tests.contacts.segments.asked import who

pytestmark = pytest.mark.django_db


def test_segments_find_whose_mail_failed_in_a_row_before_they_are_given_up() -> None:
    now = datetime.now(UTC)
    last: dict[str, dict[str, datetime]] = {
        "four": {},
        "one": {},
        "never": {},
        "read": {"last_opened_at": now - timedelta(days=15)},  # after two of four
        "reached": {"last_sent_at": now - timedelta(days=7)},  # and no bounce came of it
        "relayed": {"last_sent_at": now - timedelta(days=1)},  # of which a bounce may come yet
        "bounced": {"last_sent_at": now - timedelta(days=11)},  # of which one came
    }
    for name, values in last.items():
        Contact.objects.create(email=f"{name.title()}@example.org", **values)
        failed = {"never": (), "one": (3,)}.get(name, (40, 30, 20, 10) if name != "read" else (40, 30, 10, 5))
        for days_ago in failed:
            at, campaign = now - timedelta(days=days_ago), f"campaign-{days_ago}"
            Failure.objects.create(email=f"{name}@example.org", kind="soft", campaign=campaign, at=at)
    Failure.objects.create(email="one@example.org", kind="domain", campaign="campaign-3")

    assert who("failed-in-a-row", how="failed", times="1") == {"Four", "One", "Read", "Relayed", "Bounced"}
    assert who("failed-in-a-row", how="failed", times="2") == {"Four", "Read", "Relayed", "Bounced"}
    assert who("failed-in-a-row", how="failed", times="4") == {"Four", "Relayed", "Bounced"}
    assert who("failed-in-a-row", how="not-failed", times="4") == {"One", "Never", "Read", "Reached"}
    about = asking.known()
    row = Group(Match.ALL, (Rule("failed-in-a-row", {"how": "failed", "times": "2"}),))
    _, (reason,) = asking.why(row, about, Contact.objects.get(email="Read@example.org"))
    assert (reason.words, reason.value) == ("whose mail failed at least 2 times in a row", "2 in a row")
