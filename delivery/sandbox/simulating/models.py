"""One rule of simulation."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from delivery.sandbox.mailboxes.models import SandboxMailbox

_DAY_MS = 86_400_000
_SHARE = [MinValueValidator(0), MaxValueValidator(100)]
_REPLY = RegexValidator(r"\A[45]\d\d [45]\.\d{1,3}\.\d{1,3} [ -~]{1,180}\Z", "Write it like 550 5.1.1 No such mailbox.")


class SandboxRule(models.Model):
    class Effect(models.TextChoices):
        DELAY = "delay", "Waits"
        REFUSE = "refuse", "Is refused or told to come back"
        DROP = "drop", "The connection breaks"
        GREYLIST = "greylist", "Is greylisted"
        THROTTLE = "throttle", "Is throttled"
        OUTAGE = "outage", "The server is away"
        BOUNCE = "bounce", "Is accepted, then bounces"
        COMPLAIN = "complain", "Is accepted, then marked as spam"
        OPENS = "opens", "Is opened by its reader"
        CLICKS = "clicks", "Is opened, and a link is followed"
        LEAVES = "leaves", "Makes its reader unsubscribe"
        APPLE = "apple", "Is loaded by Apple’s proxy"
        SCANNER = "scanner", "Is scanned by a filter"

    class Stage(models.TextChoices):
        CONNECT = "connect", "when the connection opens"
        HELLO = "hello", "after the greeting"
        SENDER = "sender", "after the sender"
        RECIPIENT = "recipient", "after the recipient"
        DATA = "data", "before the mail comes"
        BEFORE_DOT = "before_dot", "before the mail is complete"
        DOT = "dot", "after the mail"

    effect = models.CharField(max_length=8, choices=Effect.choices)
    is_on = models.BooleanField(default=True)
    mailbox = models.ForeignKey(SandboxMailbox, models.CASCADE, null=True, blank=True, related_name="rules")
    pattern = models.CharField(max_length=200, blank=True, help_text="Of the recipient's address; * for anything.")
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=100, validators=_SHARE)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.DOT)
    reply = models.CharField(max_length=200, blank=True, validators=[_REPLY])
    from_ms = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(_DAY_MS)])
    to_ms = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(_DAY_MS)])
    per_minute = models.PositiveIntegerField(default=60, validators=[MinValueValidator(1)])
    minutes = models.PositiveIntegerField(default=5, validators=[MinValueValidator(1), MaxValueValidator(1_440)])
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_effect_display()
