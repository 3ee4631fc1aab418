"""Mails about sign-ups: at most three a day to an address, over all forms, whoever asks for them."""

from datetime import datetime, timedelta

from contacts.models import Suppression
from contacts.signup.models import SignupLetter, SignupRequest
from contacts.signup.signals import mail_wanted

MOST_A_DAY = 3
AGAIN_AFTER = timedelta(hours=1)  # who signs up once more within that is answered, not mailed
BUTTON_AFTER = timedelta(minutes=1)  # who presses “send it again”

Kind = SignupLetter.Kind


def may_go(key: str, now: datetime) -> bool:
    """To be asked by whoever holds the address's lock, so that many at once make no fourth."""
    return SignupLetter.objects.filter(key=key, at__gt=now - timedelta(days=1)).count() < MOST_A_DAY


def is_recent(request: SignupRequest, now: datetime, wait: timedelta) -> bool:
    return SignupLetter.objects.filter(request=request, kind=Kind.CONFIRM, at__gt=now - wait).exists()


def is_closed(key: str) -> bool:
    """Whether no mail may go there. Leaving everything closes no address to somebody who asks to come back."""
    return Suppression.objects.filter(email=key).exclude(reason=Suppression.Reason.UNSUBSCRIBED).exists()


def send(request: SignupRequest, kind: Kind, now: datetime) -> None:
    """In the transaction that makes or confirms the request: it is mailed exactly if that commits."""
    sent = [message_id for _, message_id in mail_wanted.send(sender=SignupRequest, request=request, kind=kind)]
    for message_id in filter(None, sent):
        SignupLetter.objects.get_or_create(
            message_id=message_id, defaults={"request": request, "key": request.key, "kind": kind, "at": now}
        )
