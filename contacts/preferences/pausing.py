"""A pause that somebody takes from all mail to lists. It changes no consent, and ends by itself."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from contacts.models import ConsentEvent, Contact

DAYS = (30, 60, 90)


def until(contact: Contact) -> datetime | None:
    """None: there is no pause, or it is over."""
    return contact.paused_until if contact.is_paused else None


@transaction.atomic
def pause(contact: Contact, days: int, *, channel: str, by: User | None = None, ip: str | None = None) -> None:
    """From now on, for one of DAYS. A pause that is asked for again begins anew."""
    if days not in DAYS:
        raise ValueError(f"a pause of {days} days")
    end = timezone.now() + timedelta(days=days)
    _set(contact, end, ConsentEvent.Kind.PAUSED, f"{days} days, until {end:%Y-%m-%d %H:%M} UTC", channel, by, ip)


@transaction.atomic
def resume(contact: Contact, *, channel: str, by: User | None = None, ip: str | None = None) -> None:
    """Mail comes again at once. Nothing happens without a pause."""
    if until(contact):
        _set(contact, None, ConsentEvent.Kind.RESUMED, "", channel, by, ip)


def _set(
    contact: Contact, end: datetime | None, kind: str, text: str, channel: str, by: User | None, ip: str | None
) -> None:
    contact.paused_until = end
    contact.save(update_fields=["paused_until", "updated_at"])
    ConsentEvent.objects.create(contact=contact, kind=kind, channel=channel, text=text, by=by, ip=ip)
