"""Addresses that are suppressed for one list alone."""

from django.conf import settings
from django.db import models


class ListSuppression(models.Model):
    """An address that gets no mail of one list, whoever puts it on the list. Outlives its contact.

    Apart from Suppression, which closes an address to all mail: what asks whether anything may go there needs no list.
    """

    email = models.CharField(max_length=320, help_text="Lower case.")
    list = models.ForeignKey("contacts.MailingList", models.CASCADE, related_name="suppressions")
    detail = models.CharField(max_length=1000, blank=True, help_text="Why, as somebody wrote it.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["email", "list"], name="one_suppression_a_list")]

    def __str__(self) -> str:
        return self.email
