"""News that one of the staff is mailed at most once, whatever crashes: a row of the news and the person decides."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

from django.db import models, transaction
from django.db.models import Q

TRIES = 5


class Outcome(Protocol):
    """Of delivery.staff_mail."""

    @property
    def problem(self) -> str: ...

    @property
    def may_have_arrived(self) -> bool: ...


class MailedOnce(models.Model):
    """Whoever makes or takes the row is the one who mails it. A model below names the news and the person."""

    class State(models.TextChoices):
        UNDER_WAY = "under_way", "Being mailed"  # for ever, if whoever mailed it died: it may have arrived
        SENT = "sent", "Mailed"
        FAILED = "failed", "Surely not mailed"
        UNCERTAIN = "uncertain", "May have arrived"

    state = models.CharField(max_length=9, choices=State.choices, default=State.UNDER_WAY)
    tries = models.PositiveSmallIntegerField(default=1)
    tried_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True, help_text="Holds the server's words; hostile text.")

    class Meta:
        abstract = True

    @classmethod
    def is_settled(cls, now: datetime, again_after: timedelta) -> Q:
        """Nobody mails it now: it may have arrived, failed a moment ago, or too often."""
        return ~Q(state=cls.State.FAILED, tries__lt=TRIES, tried_at__lte=now - again_after)

    @classmethod
    @transaction.atomic
    def take(cls, now: datetime, **whose: Any) -> Self | None:
        """Committed before the mail begins to leave. None: somebody else has taken it."""
        row, is_new = cls._default_manager.get_or_create(**whose, defaults={"tried_at": now})
        if is_new:
            return row
        failed = cls._default_manager.filter(pk=row.pk, state=cls.State.FAILED, tries=row.tries)
        taken = failed.update(state=cls.State.UNDER_WAY, tries=row.tries + 1, tried_at=now)
        return row if taken else None

    @classmethod
    def settle(cls, rows: Iterable[Self], outcome: Outcome) -> None:
        """What became of the one mail that told all of them."""
        failed = cls.State.UNCERTAIN if outcome.may_have_arrived else cls.State.FAILED
        cls._default_manager.filter(pk__in=[row.pk for row in rows]).update(
            state=failed if outcome.problem else cls.State.SENT, problem=outcome.problem[:300]
        )
