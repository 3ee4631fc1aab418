"""Addresses that fail again and again: remembered, and given up in the end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models.functions import Greatest, Lower
from django.utils import timezone

from contacts import addresses, consent
from contacts.consent import Suppressing
from contacts.models import Contact, Suppression
from delivery.models import Batch, Failure, MessageState, Term
from delivery.outcomes import Outcome
from delivery.policy.soft_bounces import BOUNCES_WITHIN, Failing, is_given_up

_REASONS = {Failing.SOFT: Suppression.Reason.SOFT_BOUNCE, Failing.DOMAIN: Suppression.Reason.HARD_BOUNCE}


def note(batch_id: int, outcomes: Iterable[Outcome]) -> None:
    """Messages that were given up. Each campaign counts once."""
    failed = [outcome for outcome in outcomes if outcome.failing is not None]
    if failed:
        campaign = Batch.objects.values_list("group", flat=True).get(pk=batch_id) or f"batch:{batch_id}"
        _note(campaign, failed)


def forget(emails: Iterable[str]) -> None:
    """Their mailboxes took mail: earlier failures say nothing any more."""
    keys = [addresses.key(email) for email in emails]
    if keys:
        Failure.objects.filter(email__in=keys).delete()


@transaction.atomic
def _note(campaign: str, failed: Sequence[Outcome]) -> None:
    now = timezone.now()
    last = {(addresses.key(outcome.email), Failing(outcome.failing or "")): outcome for outcome in failed}
    emails = sorted({email for email, _ in last})
    people = _people(emails)
    _forget_before(_reached(people, last, now))
    Failure.objects.bulk_create(
        (Failure(email=email, kind=kind, campaign=campaign, at=now) for email, kind in sorted(last)),
        ignore_conflicts=True,
    )
    known: dict[tuple[str, str], dict[str, datetime]] = defaultdict(dict)
    failures = Failure.objects.filter(email__in=emails).values_list("email", "kind", "campaign", "at")
    for email, kind, failed_campaign, at in failures:
        known[email, kind][failed_campaign] = at
    given_up = [
        _suppressing(email, kind, outcome, known[email, kind])
        for (email, kind), outcome in last.items()
        if known[email, kind]
        and is_given_up(kind, known[email, kind], engaged_at=people.get(email, _NOBODY).read_at, now=now)
    ]
    consent.suppress_all(given_up)
    forget([one.email for one in given_up])


class _Person(NamedTuple):
    """A contact. No model: hundreds are looked at with each group."""

    id: int
    last_sent_at: datetime | None
    read_at: datetime | None


_NOBODY = _Person(0, None, None)


def _people(emails: Sequence[str]) -> dict[str, _Person]:
    read_at = Greatest("last_opened_at", "last_clicked_at")
    found = Contact.objects.annotate(key=Lower("email")).filter(key__in=emails)
    return {email: _Person(*rest) for email, *rest in found.values_list("key", "id", "last_sent_at", read_at)}


def _suppressing(email: str, kind: Failing, outcome: Outcome, failures: Mapping[str, datetime]) -> Suppressing:
    words = f"{outcome.code} {outcome.text}" if outcome.code else outcome.text
    since = min(failures.values())
    detail = f"Failed {len(failures)} times since {since.day} {since:%b %Y}. Last: {words}"
    return Suppressing(email, _REASONS[kind], detail, "failing", outcome.message_id)


def _reached(
    people: Mapping[str, _Person], failed: Mapping[tuple[str, Failing], Outcome], now: datetime
) -> dict[str, datetime]:
    """When mail last got through to each: it was read, or accepted so long ago that a bounce of it would be here."""
    asked = [
        (person.id, outcome.message_id, now - BOUNCES_WITHIN[kind], email)
        for (email, kind), outcome in failed.items()
        if (person := people.get(email)) is not None and person.last_sent_at is not None
    ]
    found = {email: person.read_at for email, person in people.items() if person.read_at is not None}
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(_TAKEN, [list(column) for column in zip(*asked, strict=True)])
            for email, taken_at in cursor.fetchall():
                found[email] = max(taken_at, found.get(email, taken_at))
    return found


def _forget_before(reached: Mapping[str, datetime]) -> None:
    """Failures before mail got through say nothing any more."""
    if reached:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [list(reached), list(reached.values())])


# By the index on (contact_id, batch_id): one person's mails.
_TAKEN = f"""
SELECT given.email, taken.at FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::text[])
    AS given (contact_id, message_id, before, email)
CROSS JOIN LATERAL (
    SELECT max(m.accepted_at) AS at FROM delivery_message m JOIN delivery_batch b ON b.id = m.batch_id
    LEFT JOIN delivery_feedback f ON f.message_id = m.id AND f.term IN ({int(Term.SOFT)}, {int(Term.HARD)})
    WHERE m.contact_id = given.contact_id AND m.id <> given.message_id AND m.accepted_at <= given.before
    AND m.state = {MessageState.ACCEPTED} AND NOT b.rehearsal AND f.message_id IS NULL
) taken
WHERE taken.at IS NOT NULL
"""  # noqa: S608
_FORGET = """
DELETE FROM delivery_failure f USING unnest(%s::text[], %s::timestamptz[]) AS given (email, reached_at)
WHERE f.email = given.email AND f.at <= given.reached_at
"""
