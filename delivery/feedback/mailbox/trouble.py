"""Mailboxes in trouble, for Home: nobody reads logs to learn that bounces no longer come in."""

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.alarms import Alarm
from accounts.shell.problems import Problem
from delivery.models import ReturnMailbox


def problems(user: User) -> Iterator[Problem]:
    may_cure = allows(user, Permission.DELIVERY)
    for mailbox in ReturnMailbox.objects.in_trouble().order_by("name"):
        url = reverse("mailbox", args=[mailbox.pk]) if may_cure else ""
        cure = mailbox.cure if may_cure else "An admin can see to it."
        about = Alarm.RETURNED.about(f"mailbox {mailbox.pk}")
        text = f"{mailbox.problem} {cure} Nothing is lost meanwhile."
        yield Problem("bad", f"The mailbox “{mailbox}” is in trouble", text, url, about=about)
