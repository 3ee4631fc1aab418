"""A kept mail, sent on through a real provider to somebody who works here (RFC 5322, 3.6.6)."""

import threading
from email.utils import format_datetime, make_msgid

from django.utils import timezone

from accounts.models import Organisation
from delivery import staff_mail
from delivery.staff_mail import Outcome

SECONDS = 20
_one_at_a_time = threading.BoundedSemaphore(1)  # a page waits for it


def send(raw: bytes, *, to: str) -> Outcome:
    """As it is, but for fields that say who sent it on. `to` is the address of whoever asks for it."""
    organisation = Organisation.get()
    providers = staff_mail.ready()
    if organisation is None or not providers:
        return Outcome("There is no real provider that is ready. Add one under Providers, or see what is wrong there.")
    if not _one_at_a_time.acquire(blocking=False):
        return Outcome("Another mail is being sent on. Try again in a moment.")
    try:
        sender = organisation.sender_email
        given = {"sender": sender, "to": to}
        return staff_mail.send_raw_through(providers[0], resent(raw, sender, to), **given, seconds=SECONDS)
    finally:
        _one_at_a_time.release()


def resent(raw: bytes, sender: str, to: str) -> bytes:
    fields = {
        "Resent-From": sender,
        "Resent-To": to,
        "Resent-Date": format_datetime(timezone.now()),
        "Resent-Message-ID": make_msgid(domain=sender.rpartition("@")[2] or None),
    }
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + raw
