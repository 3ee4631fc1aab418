"""Addresses that fail again and again: remembered, and given up in the end."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from contacts import addresses, consent
from contacts.models import Contact, Suppression
from delivery.models import Batch, Failure, MessageState, Term
from delivery.outcomes import Outcome
from delivery.policy.soft_bounces import BOUNCES_WITHIN, Failing, is_given_up

_REASONS = {Failing.SOFT: Suppression.Reason.SOFT_BOUNCE, Failing.DOMAIN: Suppression.Reason.HARD_BOUNCE}


def note(batch_id: int, outcomes: Iterable[Outcome]) -> None:
    """Messages that were given up. Each campaign counts once."""
    failed = [outcome for outcome in outcomes if outcome.failing is not None]
    if not failed:
        return
    campaign = Batch.objects.values_list("group", flat=True).get(pk=batch_id) or f"batch:{batch_id}"
    for outcome in failed:
        _note(campaign, outcome)


def forget(emails: Iterable[str]) -> None:
    """Their mailboxes took mail: earlier failures say nothing any more."""
    keys = [addresses.key(email) for email in emails]
    if keys:
        Failure.objects.filter(email__in=keys).delete()


@transaction.atomic
def _note(campaign: str, outcome: Outcome) -> None:
    kind, email, now = Failing(outcome.failing or ""), addresses.key(outcome.email), timezone.now()
    contact = Contact.objects.annotate(key=Lower("email")).filter(key=email).first()
    if (reached_at := _reached_at(contact, kind, outcome.message_id, now)) is not None:
        Failure.objects.filter(email=email, at__lte=reached_at).delete()
    Failure.objects.get_or_create(email=email, kind=kind, campaign=campaign)
    failures = dict(Failure.objects.filter(email=email, kind=kind).values_list("campaign", "at"))
    engaged_at = _latest(contact, "last_opened_at", "last_clicked_at")
    if is_given_up(kind, failures, engaged_at=engaged_at, now=now):
        words = f"{outcome.code} {outcome.text}" if outcome.code else outcome.text
        detail = f"Failed {len(failures)} times since {min(failures.values()):%Y-%m-%d}. Last: {words}"
        consent.suppress(email, _REASONS[kind], detail=detail, source="failing", message_id=outcome.message_id)
        Failure.objects.filter(email=email).delete()


def _reached_at(contact: Contact | None, kind: Failing, message_id: int, now: datetime) -> datetime | None:
    """When mail last got through: it was read, or accepted so long ago that a bounce of it would have come back."""
    if contact is None:
        return None
    read_at = _latest(contact, "last_opened_at", "last_clicked_at")
    if contact.last_sent_at is None:
        return read_at
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, [contact.pk, message_id, now - BOUNCES_WITHIN[kind]])
        taken_at: datetime | None = cursor.fetchone()[0]
    return max((at for at in (read_at, taken_at) if at is not None), default=None)


def _latest(contact: Contact | None, *columns: str) -> datetime | None:
    return max((at for column in columns if (at := getattr(contact, column, None))), default=None)


# By the index on (contact_id, batch_id): one person's mails.
_TAKEN = f"""
SELECT max(m.accepted_at) FROM delivery_message m JOIN delivery_batch b ON b.id = m.batch_id
LEFT JOIN delivery_feedback f ON f.message_id = m.id AND f.term IN ({int(Term.SOFT)}, {int(Term.HARD)})
WHERE m.contact_id = %s AND m.id <> %s AND m.accepted_at <= %s AND m.state = {MessageState.ACCEPTED}
AND NOT b.rehearsal AND f.message_id IS NULL
"""  # noqa: S608
