"""Seal every stored secret anew under the first of SECRETS_KEYS; afterwards the others may go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import secrets
from accounts.two_factor import sealing
from delivery.models import Provider


class Command(BaseCommand):
    help = "Seal every stored secret anew under the first key of SECRETS_KEY (newest,older); all or nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rotate()
        except secrets.Unreadable as problem:
            raise CommandError(
                f"Nothing was changed. {problem} Enter that password again, or turn that second factor off."
            ) from None
        self.stdout.write("1 secret sealed anew." if count == 1 else f"{count} secrets sealed anew.")


@transaction.atomic
def rotate() -> int:
    holders = Provider.objects.select_for_update().filter(password_sealed__isnull=False)
    for provider in holders:
        try:
            sealed = secrets.rotate(provider.password_sealed or b"")
        except secrets.Unreadable as problem:
            raise secrets.Unreadable(f"{provider.name}: {problem}") from None
        Provider.objects.filter(pk=provider.pk).update(password_sealed=sealed)
    return len(holders) + sealing.rotate()
