"""For somebody who lost phone and recovery codes: given at the machine itself."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts import audit
from accounts.models import User


class Command(BaseCommand):
    help = "Turn off the second factor of EMAIL and end all sessions of that person."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email__iexact=options["email"].strip()).first()
        if user is None:
            raise CommandError(f"Nobody logs in with {options['email']}.")
        removed, _ = Authenticator.objects.filter(user=user).delete()
        if not removed:
            raise CommandError(f"{user.email} has no second factor.")
        user.end_sessions()
        audit.record(None, "second_factor.reset", user.email)
        self.stdout.write(f"The second factor of {user.email} is off. All sessions of this person have ended.")
