"""An address that fails again and again is given up after weeks, later if the person reads our mail."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contacts.models import Contact, Suppression
from delivery.feedback import failing
from delivery.ledger import ids
from delivery.models import Batch, Failure, Message, MessageState
from delivery.outcomes import Outcome
from delivery.policy.soft_bounces import Failing, is_given_up
from delivery.policy.soft_bounces import failing as failing_of
from delivery.replies import Stage, classify

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SOFT, DOMAIN = Failing.SOFT, Failing.DOMAIN


def days(*ago: float) -> dict[str, datetime]:
    return {f"campaign-{n}": NOW - timedelta(days=one) for n, one in enumerate(ago)}


@pytest.mark.parametrize(
    ("kind", "failures", "engaged_days_ago", "expected"),
    [
        (SOFT, days(40, 30, 20, 10), None, False),
        (SOFT, days(40, 30, 20, 10, 0), None, True),
        (SOFT, days(13, 9, 6, 3, 0), None, False),  # too fast: a holiday
        (SOFT, days(14, 9, 6, 3, 0), None, True),
        (SOFT, days(40, 30, 20, 10, 0), 60, False),
        (SOFT, days(40, 30, 20, 10, 0), 91, True),
        (SOFT, days(*range(45, -1, -5)), 60, True),
        (DOMAIN, days(0), None, False),
        (DOMAIN, days(0.9, 0), None, False),
        (DOMAIN, days(1, 0), None, True),
    ],
)
def test_when_it_is_given_up(
    kind: Failing, failures: dict[str, datetime], engaged_days_ago: int | None, expected: bool
) -> None:
    engaged_at = NOW - timedelta(days=engaged_days_ago) if engaged_days_ago else None
    assert is_given_up(kind, failures, engaged_at=engaged_at, now=NOW) == expected


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        (Stage.RCPT, (552, "5.2.2 Mailbox full"), SOFT),
        (Stage.RCPT, (556, "5.1.10 Domain takes no mail"), DOMAIN),
        (Stage.RCPT, (550, "5.1.1 No such user"), None),  # suppressed at once
        (Stage.MAIL, (451, "4.3.0 try again"), None),
        (Stage.RCPT, (421, "4.7.0 too many connections"), None),
        (Stage.BODY, (554, "5.7.1 Message content rejected as spam"), None),
    ],
)
def test_only_what_is_about_the_person_counts(stage: Stage, reply: tuple[int, str], expected: Failing | None) -> None:
    assert failing_of(classify(stage, reply[0], "", reply[1]), stage) == expected


def fail(email: str, kind: Failing = SOFT, *, days_ago: float = 0, **batch: Any) -> None:
    made = Batch.objects.create(rehearsal=False, content_kind="edition", content_id=1, **batch)
    outcome = Outcome(1, email, MessageState.REFUSED, "refused", "mailbox_full", Stage.RCPT, 552, "", "5.2.2 Full")
    outcome.failing = kind
    failing.note(made.pk, [outcome])
    campaign = made.group or f"batch:{made.pk}"
    Failure.objects.filter(campaign=campaign).update(at=datetime.now(UTC) - timedelta(days=days_ago))


@pytest.mark.django_db
def test_who_was_out_of_reach_for_five_campaigns_is_suppressed_with_the_last_words() -> None:
    for days_ago in (40, 30, 20, 10):
        fail("Ana@example.org", days_ago=days_ago)
    assert not Suppression.objects.exists()
    fail("ana@example.org")
    suppression = Suppression.objects.get()
    assert (suppression.email, suppression.reason) == ("ana@example.org", Suppression.Reason.SOFT_BOUNCE)
    assert suppression.detail.startswith("Failed 5 times since ")
    assert "552 5.2.2 Full" in suppression.detail
    assert not Failure.objects.exists()


@pytest.mark.django_db
def test_editions_of_one_campaign_count_once() -> None:
    for days_ago in (40, 30, 20, 10, 0):
        fail("ana@example.org", days_ago=days_ago, group="campaign-7")
    assert Failure.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("got_through", ["accepted", "clicked"])
def test_a_mail_that_got_through_or_was_clicked_begins_the_count_again(got_through: str) -> None:
    at = datetime.now(UTC) - timedelta(days=6)
    contact = Contact.objects.create(email="ana@example.org")
    if got_through == "clicked":
        Contact.objects.update(last_clicked_at=at)
    else:
        Contact.objects.update(last_sent_at=at)
        batch = Batch.objects.create(rehearsal=False, content_kind="edition", content_id=1)
        state = MessageState.ACCEPTED
        Message.objects.create(
            id=ids.reserve(2) + 1, batch=batch, contact_id=contact.pk, email=contact.email, state=state, accepted_at=at
        )
    for days_ago in (40, 30, 20, 10):
        Failure.objects.create(
            email="ana@example.org",
            kind="soft",
            campaign=f"campaign-{days_ago}",
            at=datetime.now(UTC) - timedelta(days=days_ago),
        )
    fail("ana@example.org")
    assert not Suppression.objects.exists()
    assert Failure.objects.count() == 1


@pytest.mark.django_db
def test_a_domain_that_takes_no_mail_is_believed_when_it_says_so_again() -> None:
    fail("ana@gone.example", DOMAIN, days_ago=2)
    assert not Suppression.objects.exists()
    fail("ana@gone.example", DOMAIN)
    assert Suppression.objects.get().reason == Suppression.Reason.HARD_BOUNCE
