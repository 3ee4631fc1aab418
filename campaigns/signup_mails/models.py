"""What the mails about sign-ups say, frozen."""

from django.db import models


class SignupMail(models.Model):
    """One wording of one mail; the open batch of each provider that carries it names this row."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", "Confirmation"
        WELCOME = "welcome", "Welcome"

    form_id = models.BigIntegerField(help_text="May be gone by now.")
    form_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    language = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    sender_name = models.CharField(max_length=120)
    sender_email = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    words = models.JSONField(help_text="text, button, footer, leave: each in its language.")
    organisation = models.JSONField(help_text="Name, address, colour and public address at that time.")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.form_name}"
