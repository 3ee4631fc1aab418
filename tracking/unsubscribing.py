"""Leaving: at once, by whoever holds the token, without a login, for ever (RFC 8058, GDPR art. 7(3) and 21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from contacts import addresses, consent
from contacts.merging import known
from contacts.models import ConsentEvent, Contact, MailingList, Merge, Subscription, Suppression
from delivery import tokens
from delivery.models import Batch, Message
from delivery.sandbox import oneclick
from tracking.models import EventKind
from tracking.public import recording

_UNDO_WITHIN = timedelta(hours=1)


class Channel(StrEnum):
    PAGE = "page"
    ONE_CLICK = "one-click"


@dataclass(frozen=True, slots=True)
class Leaver:
    """Whom a token speaks of. The batch or the contact may be long gone: leaving still works. `contact_id` is the
    token's; `contact` who that is now, if they were merged."""

    contact_id: int
    batch_id: int
    contact: Contact | None
    batch: Batch | None
    email: str

    @property
    def is_spared(self) -> bool:
        """A rehearsal changes nobody but sample contacts."""
        is_sample = self.contact is not None and self.contact.is_sample
        return self.batch is not None and self.batch.rehearsal and not is_sample

    @property
    def language(self) -> str:
        return self.contact.language if self.contact else ""

    def lists(self) -> list[MailingList]:
        """The mail's lists the person is on."""
        return self._lists(subscriptions__state=Subscription.State.SUBSCRIBED)

    def all_lists(self) -> list[int]:
        """Whatever the person is on, also of other mails."""
        held = Subscription.objects.filter(contact=self.contact, state=Subscription.State.SUBSCRIBED)
        return list(held.values_list("list_id", flat=True)) if self.contact else []

    def list_named(self, number: str) -> MailingList | None:
        """Of the mail's lists, also one that the person has left: a button pressed twice does not end everything."""
        return next((known for known in self._lists() if str(known.pk) == number), None)

    def _lists(self, **kind: str) -> list[MailingList]:
        if self.contact is None or self.batch is None:
            return []
        return list(MailingList.objects.filter(id__in=self.batch.lists, subscriptions__contact=self.contact, **kind))


def is_of_a_test(token: str) -> bool:
    """Whether it stands in a test mail or a preview, whose links name nobody: contact 0."""
    numbers = tokens.read(tokens.UNSUBSCRIBE, token)
    return numbers is not None and numbers[0] == 0


def recognise(token: str) -> Leaver | None:
    """The person a token was made for, None when it is not ours or nobody is left to act for."""
    numbers = tokens.read(tokens.UNSUBSCRIBE, token)
    if numbers is None:
        return None
    contact_id, batch_id = numbers
    contact = known.present(contact_id)
    batch = Batch.objects.only("rehearsal", "lists").filter(id=batch_id).first()
    email = contact.email if contact else _address_mailed(contact_id, batch_id)
    return Leaver(contact_id, batch_id, contact, batch, email) if email else None


def leave(leaver: Leaver, *, lists: Sequence[int] | None, channel: Channel, ip: str | None, user_agent: str) -> None:
    """Take effect before returning; `lists` None is everything. Idempotent."""
    if not leaver.is_spared:
        if leaver.contact:
            message_id = _message_id(leaver)
            consent.unsubscribe(leaver.contact, lists=lists, channel=channel.value, ip=ip, message_id=message_id)
        else:
            consent.suppress(leaver.email, Suppression.Reason.UNSUBSCRIBED, source=channel.value)
    recording.record(
        EventKind.UNSUBSCRIBE, leaver.contact_id, leaver.batch_id, note=channel, ip=ip or "", user_agent=user_agent
    )


def answered(leaver: Leaver | None) -> str:
    """What a mail program is told, whose one click `leave` has carried out. None: of somebody who is gone."""
    spared = leaver is not None and leaver.is_spared
    return "This was a rehearsal: nobody is unsubscribed.\n" if spared else f"{oneclick.UNSUBSCRIBED}\n"


def undo(leaver: Leaver, left: Sequence[str] = ()) -> bool:
    """Back to where the person was before leaving by this page a moment ago. False: there is nothing to undo.

    Only the last hour's leaving, so that a forwarded mail does not subscribe somebody who left long since; and of that
    the lists `left` by the button that is undone, where the page says which.
    """
    if leaver.is_spared:
        return True
    since = timezone.now() - _UNDO_WITHIN
    if leaver.contact is None or not _left_by_page(leaver.contact, since):
        return False
    lately = Subscription.objects.filter(
        contact=leaver.contact, state=Subscription.State.UNSUBSCRIBED, changed_at__gte=since
    )
    lists = [one for one in lately.values_list("list_id", flat=True) if not left or str(one) in left]
    try:
        consent.resubscribe(
            leaver.contact, lists=lists, channel=Channel.PAGE.value, by=None, text="Undo on the unsubscribe page"
        )
    except consent.StillSuppressed:
        return False
    return True


def _left_by_page(contact: Contact, since: datetime) -> bool:
    """A suppression from before stays: whoever left everything long ago did not do it by this click."""
    is_older = Suppression.objects.filter(email=addresses.key(contact.email), created_at__lt=since).exists()
    recent = contact.consent_events.filter(kind=ConsentEvent.Kind.WITHDRAWN, channel=Channel.PAGE.value, at__gte=since)
    return recent.exists() and not is_older


def _message_id(leaver: Leaver) -> int | None:
    """Of the two that somebody may have who was merged since, the one whose link this is."""
    contact_id = leaver.contact.pk if leaver.contact else leaver.contact_id
    messages = Message.objects.filter(contact_id=contact_id, batch_id=leaver.batch_id)
    own_first = "is_merged" if contact_id == leaver.contact_id else "-is_merged"
    return messages.order_by(own_first, "id").values_list("id", flat=True).first()


def _address_mailed(contact_id: int, batch_id: int) -> str:
    """Of a contact that is deleted; the mails of one that was merged before name the one it became."""
    merge = Merge.objects.filter(gone_id=contact_id).first()
    if merge:
        return merge.email
    message = Message.objects.filter(contact_id=contact_id, batch_id=batch_id).only("email").first()
    return message.email if message else ""
