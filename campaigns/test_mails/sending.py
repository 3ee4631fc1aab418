"""Test mails: the campaign as one person would get it, to people here, counted nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from campaigns.message import editions, preview
from campaigns.models import Campaign, Edition
from campaigns.test_mails import consent
from contacts.models import Contact
from delivery import ledger
from delivery.domains import known
from delivery.models import Attempt, Batch, Message, MessageState, Provider, Waiting
from delivery.routing.carriers import Carriers

PREFIX = "[TEST] "
MOST_AN_HOUR = 60  # a person
_MOST_WAITING = 5


class NotNow(ValueError):
    """These addresses cannot get the mail now; the text says why."""


class Unreadable(ValueError):
    """No mail can be made of the campaign as it stands; the text says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a test mail, for the line beside its button."""

    kind: str  # wait, good, bad
    text: str
    raw: str = ""  # the server's words; hostile text

    @property
    def is_final(self) -> bool:
        return self.kind != "wait"


@transaction.atomic
def send_tests(
    campaign: Campaign, *, to: Sequence[str], as_contact: Contact | None, by: User, through: Provider | None = None
) -> list[Message]:
    """Send the same mail to each address now, as `as_contact` would get it; its tokens change nobody's record.

    It leaves as the campaign would, or through the provider `through` alone.

    Findings do not block it, but it must be possible to make a mail of it: raises Unreadable. Raises NotNow for more
    than somebody may send in an hour, for addresses whose owners have not agreed (`consent.unknown`), and for a
    sender's domain that no admin has confirmed.
    """
    way_out = through or campaign.way_out
    if strangers := consent.unknown(to, way_out):
        raise NotNow(f"Nobody has agreed to test mails there: {', '.join(strangers)}.")
    if not way_out.is_rehearsal and _sent_lately(by) + len(to) > MOST_AN_HOUR:
        raise NotNow(
            f"One person may send {MOST_AN_HOUR} test mails an hour. Rehearse in the sandbox, or wait a little."
        )
    written = campaign.as_read_by(as_contact)
    if problem := preview.preview(written, as_contact).problem:
        raise Unreadable(problem)
    domain = known.domain_of(campaign.sender_email)
    if not way_out.is_rehearsal and not known.is_ours(domain):
        raise NotNow(
            f"No admin has confirmed that {domain} is yours. Have it confirmed under Delivery, Domains, or rehearse."
        )
    edition = editions.freeze(written)
    edition.campaign, edition.created_by = campaign, by
    edition.is_test = True
    edition.contact_id = as_contact.pk if as_contact else None
    edition.subject = f"{PREFIX}{edition.subject}"[:300]
    edition.save()
    sent = [
        ledger.send_one(
            content_kind="edition",
            content_id=edition.pk,
            email=address,
            provider=way_out,
            group=_group(campaign),
            sender_domain=edition.sender_domain,
            is_direct=through is not None,
            is_test=True,
        )
        for address in to
    ]
    edition.batch_id = sent[0].batch_id
    edition.save(update_fields=["batch"])
    audit.record(by, "campaign.tested", campaign.name, campaign=campaign.pk, to=", ".join(to), provider=way_out.pk)
    return sent


def cancel(campaign: Campaign, batch_id: int, *, by: User) -> None:
    """Whatever of a test has not left. Raises ledger.NotPossible where all of it has."""
    batch = Batch.objects.get(pk=batch_id, group=_group(campaign))
    ledger.cancel(batch)
    audit.record(by, "campaign.test_cancelled", campaign.name, campaign=campaign.pk)


def can_cancel(messages: Sequence[Message]) -> bool:
    """Of one test."""
    waits = (MessageState.PENDING, MessageState.DEFERRED)
    return any(one.state in waits and one.batch.state != Batch.State.CANCELLED for one in messages)


def waiting(campaign: Campaign) -> list[list[Message]]:
    """The mails of its tests that have not all left, the newest test first."""
    ended = (Batch.State.DONE, Batch.State.CANCELLED)
    batches = Batch.objects.filter(group=_group(campaign)).exclude(state__in=ended).order_by("-pk")[:_MOST_WAITING]
    of_batch = {batch.pk: list[Message]() for batch in batches}
    for message in Message.objects.filter(batch__in=of_batch).select_related("batch__provider").order_by("pk"):
        of_batch[message.batch_id].append(message)
    return [messages for messages in of_batch.values() if can_cancel(messages)]


def _group(campaign: Campaign) -> str:
    return f"test:{campaign.pk}"


def _sent_lately(by: User) -> int:
    """Test mails of the last hour that left the house, counted by one request at a time."""
    User.objects.select_for_update().get(pk=by.pk)
    editions_of_theirs = Edition.objects.filter(is_test=True, created_by=by).values("batch")
    since = timezone.now() - timedelta(hours=1)
    return Message.objects.filter(
        batch__in=editions_of_theirs, batch__created_at__gt=since, batch__rehearsal=False
    ).count()


def outcome(message: Message) -> Outcome:
    """How far it is, in words."""
    attempt = Attempt.objects.filter(message_id=message.pk).order_by("-id").first()
    if message.state == MessageState.ACCEPTED:
        provider = Provider.objects.filter(pk=message.provider_id or 0).first() or message.batch.provider
        seconds = (message.accepted_at - message.batch.created_at).total_seconds() if message.accepted_at else 0
        return Outcome("good", f"Accepted by {provider} in {max(seconds, 0.1):.1f} s")
    if message.state == MessageState.REFUSED:
        return Outcome("bad", "Refused", attempt.text if attempt else message.reply or "")
    if message.state == MessageState.UNCERTAIN:
        return Outcome("bad", "May have arrived: the connection broke before the answer")
    waiting = Waiting.objects.filter(message_id=message.pk).first()
    if message.state == MessageState.SKIPPED:
        is_cancelled = waiting is not None and waiting.category == "cancelled"
        return Outcome("bad", "Cancelled: not sent" if is_cancelled else "Not sent: the address is suppressed")
    if message.batch.state == Batch.State.CANCELLED:
        return Outcome("wait", "Being cancelled")
    if waiting and waiting.retry_at:
        return Outcome("bad", "Waiting for another try", waiting.reply)
    if not _can_leave(message.batch):
        return Outcome(
            "bad", f"Waits: {message.batch.provider} takes no mail now (paused, out of order or its quota used up)"
        )
    return Outcome("wait", "On its way")


def _can_leave(batch: Batch) -> bool:
    with connection.cursor() as cursor:
        return bool(Carriers(cursor).shares(batch))
