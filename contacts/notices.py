"""What concerns everyone about the people we write to."""

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.notices import Notice
from contacts.suppression import holding


def held_suppressions(user: User) -> Iterator[Notice]:
    if count := holding.waiting():
        what = "address waits" if count == 1 else "addresses wait"
        review, label = ("your review", "Review") if allows(user, Permission.PEOPLE) else ("review", "See which")
        text = f"{count:,} {what} for {review}: a mail server said of many at once that they do not exist."
        yield Notice("warn", text, reverse("suppressions-held"), label)
