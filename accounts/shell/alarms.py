"""The kinds of trouble that are told by mail. Each person chooses among them on their own page; Home shows all."""

from django.db import models
from django.db.models import QuerySet

from accounts.models import Role, User
from accounts.permissions import PERMISSIONS, Permission


class Alarm(models.TextChoices):
    """A value is the first word of `Problem.about`."""

    CAMPAIGN = "campaign", "A campaign stopped itself, or a planned one will not start"
    PROVIDER = "provider", "A provider is paused or out of order, or its sign-in has ended"
    DOMAIN = "domain", "Mail from a sending domain no longer passes"
    LINKS = "links", "Counted links of a domain lead nowhere, or soon will"
    COMPLAINTS = "complaints", "Too many people mark mail as spam"
    WEBHOOK = "webhook", "What a provider reports is refused, so bounces are missed"
    RETURNED = "returned", "Returned mail is not received: a mailbox or our own server for it is in trouble"
    DMARC = "dmarc", "Mail of one of your own senders begins to fail DMARC"
    BLOCKLIST = "blocklist", "An address or a domain is on a blocklist"
    FORM = "form", "A sign-up form paused itself"
    DISK = "disk", "A disk is nearly full, so nothing is sent"

    def about(self, what: object = "") -> str:
        """Tells troubles of one kind apart, by what they concern."""
        return f"{self.value} {what}".strip()[:100]


def kind_of(about: str) -> str:
    return about.partition(" ")[0]


def people() -> QuerySet[User]:
    """Those who can mend what alarms are about."""
    roles = [role for role in Role if Permission.DELIVERY in PERMISSIONS[role]]
    return User.objects.filter(is_active=True, role__in=roles).order_by("pk")


def mailed_to_nobody() -> list[Alarm]:
    muted = [set(kinds) for kinds in people().values_list("muted_alarms", flat=True)]
    return [alarm for alarm in Alarm if all(alarm in kinds for kinds in muted)]
