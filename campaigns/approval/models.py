from django.conf import settings
from django.db import models
from django.db.models import Q

from campaigns.models import Campaign, DraftVersion


class Approval(models.Model):
    """One time that somebody was asked whether a campaign may go, and the answer. The newest one counts."""

    class State(models.TextChoices):
        ASKED = "asked", "Waits for an answer"
        APPROVED = "approved", "Approved"
        SENT_BACK = "sent_back", "Sent back"
        WITHDRAWN = "withdrawn", "Taken back"
        OVERRIDDEN = "overridden", "Let go without approval"

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="approvals")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", help_text="Empty: an owner's own act."
    )
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.TextField(max_length=1_000, blank=True, help_text="Of whoever asks.")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(max_length=1_000, blank=True, help_text="Words of whoever decided; an owner's reason.")
    frozen = models.JSONField(null=True, help_text="What was approved; see campaigns.approval.standing.")
    version = models.ForeignKey(
        DraftVersion, models.SET_NULL, null=True, related_name="+", help_text="That says what was approved."
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign"], condition=Q(state="asked"), name="one_approval_asked_for")
        ]

    def __str__(self) -> str:
        return f"{self.state} campaign {self.campaign_id}"

    @property
    def let_it_go(self) -> bool:
        return self.state in (self.State.APPROVED, self.State.OVERRIDDEN)
