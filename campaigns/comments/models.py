from django.conf import settings
from django.db import models

from campaigns.models import Campaign


class Comment(models.Model):
    """The first one of a conversation names what it is about; the others answer it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="comments")
    answers = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="answered", help_text="The first of the conversation."
    )
    block = models.CharField(max_length=40, blank=True, help_text="Its id; empty: the campaign as a whole.")
    kind = models.CharField(max_length=40, blank=True, help_text="Of the block: templates number their blocks alike.")
    excerpt = models.CharField(max_length=80, blank=True, help_text="What the block said: it may be gone one day.")
    text = models.TextField(max_length=2_000, blank=True, help_text="Empty: it was taken back, and is answered.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["campaign", "answers"], name="conversations")]

    def __str__(self) -> str:
        return self.text[:40]


class Mention(models.Model):
    """Somebody is wanted in a conversation, until they answer or it is resolved."""

    conversation = models.ForeignKey(Comment, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    is_open = models.BooleanField(default=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="one_mention_a_conversation")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"
