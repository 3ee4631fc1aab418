"""A new password for somebody who forgot theirs, given at the machine itself."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import audit
from accounts.models import User

# Without letters that are mistaken for others when read aloud.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = "Give EMAIL a new password, print it, and end all sessions of that person."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError(f"Nobody logs in with {options['email']}. Working here: {_everybody()}.")
        password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
        with transaction.atomic():
            user.set_password(password)
            user.save(update_fields=["password"])
            user.end_sessions()
            audit.record(None, "password.reset", user.email)
        self.stdout.write(f"New password of {user.email}: {password}")
        self.stdout.write("All sessions of this person have ended. They can choose another one under their name.")
        if not user.is_active:
            self.stdout.write("This person is deactivated and cannot log in until somebody reactivates them.")


def _everybody() -> str:
    return ", ".join(User.objects.filter(is_active=True).order_by("email").values_list("email", flat=True)) or "nobody"
