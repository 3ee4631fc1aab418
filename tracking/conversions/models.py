"""Goals and how often they were reached."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from delivery import tokens


class Goal(models.Model):
    """What somebody may do on the organisation's site after a click. Its key stands on that site, so it is no secret;
    the secret that servers send is kept as its digest alone."""

    name = models.CharField(max_length=80, unique=True)
    sites = ArrayField(models.CharField(max_length=253), default=list, help_text="Hosts, lower case.")
    worth = models.DecimalField(max_digits=9, decimal_places=2, null=True, help_text="Of one, when none is told.")
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217; empty: only counted.")
    days = models.PositiveSmallIntegerField(default=30, help_text="From acceptance of the mail on.")
    secret_digest = models.CharField(max_length=64, blank=True)
    is_paused = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False, db_default=False, help_text="Of the demo, and goes with it.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("goal", args=[self.pk])

    @property
    def key(self) -> str:
        return tokens.seal(tokens.GOAL, self.pk)


class Conversion(models.Model):
    """A goal reached by the reader of one message. Who refuses that clicks are counted has none."""

    class Via(models.TextChoices):
        PAGE = "page", "By the page"
        SERVER = "server", "By the server"

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="conversions", db_index=False)
    at = models.DateTimeField()
    message_id = models.BigIntegerField()
    batch_id = models.BigIntegerField()
    contact_id = models.BigIntegerField(null=True)
    order = models.CharField(max_length=100, blank=True, help_text="The site's own number; one counts once.")
    worth = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    via = models.CharField(max_length=6, choices=Via.choices)
    refunded = models.DecimalField(max_digits=9, decimal_places=2, default=0, db_default=0, help_text="Of the worth.")
    refunded_at = models.DateTimeField(null=True, help_text="The last time.")
    is_taken_back = models.BooleanField(default=False, db_default=False, help_text="As a whole: it counts no more.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["goal", "order"], condition=~models.Q(order=""), name="one_conversion_an_order"
            ),
            models.UniqueConstraint(
                fields=["goal", "message_id"], condition=models.Q(order=""), name="one_conversion_a_message"
            ),
        ]
        indexes = [
            models.Index(fields=["batch_id", "goal"], name="conversion_of_batch"),
            models.Index(fields=["goal", "at"], name="conversion_lately"),
            models.Index(fields=["contact_id", "goal", "at"], name="conversion_of_contact"),
            models.Index(fields=["message_id"], name="conversion_of_message"),
        ]

    def __str__(self) -> str:
        return f"{self.goal_id} by {self.message_id}"
