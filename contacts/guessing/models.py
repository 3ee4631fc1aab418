"""How far the background has come with guessing."""

from django.db import models


class GuessingRound(models.Model):
    """One row: a round goes through all contacts by id, and the next begins some time after its end."""

    after = models.BigIntegerField(default=0, help_text="Contacts up to this id are done in this round.")
    ended_at = models.DateTimeField(null=True, help_text="The last whole round; empty before the first.")

    def __str__(self) -> str:
        return f"guessed up to contact {self.after}"
