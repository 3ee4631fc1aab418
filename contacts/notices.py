"""What concerns everyone about the people we write to."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.notices import Notice
from accounts.wording import day, isolated
from contacts.grounds import expiring
from contacts.suppression import holding


def held_suppressions(user: User) -> Iterator[Notice]:
    if count := holding.waiting():
        what = "address waits" if count == 1 else "addresses wait"
        review, label = ("your review", "Review") if allows(user, Permission.PEOPLE) else ("review", "See which")
        text = f"{count:,} {what} for {review}: a mail server said of many at once that they do not exist."
        yield Notice("warn", text, reverse("suppressions-held"), label)


def consent_ending(user: User) -> Iterator[Notice]:
    if first := expiring.next_to_end():
        when = day(timezone.localdate(first.expires_at), timezone.localdate())
        text = (
            f"From {when} on, consent of people on the list {isolated(first.list.name)} ends, and with it their mail."
        )
        yield Notice("warn", text, f"{first.list.get_absolute_url()}#basis", "See how many")
