"""Seal every stored secret anew under the first of SECRETS_KEYS; afterwards the others may go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import secrets
from accounts.two_factor import sealing
from delivery.models import OAuthLogin, Provider, ReturnMailbox, SigningKey, Webhook

_OF_WEBHOOKS = ("secret_sealed", "password_sealed", "keys_sealed")


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
    return (
        len(holders) + _rotate_webhooks() + _rotate_mailboxes() + _rotate_keys() + _rotate_logins() + sealing.rotate()
    )


def _rotate_webhooks() -> int:
    count = 0
    for webhook in Webhook.objects.select_for_update():
        sealed = {name: getattr(webhook, name) for name in _OF_WEBHOOKS if getattr(webhook, name)}
        try:
            fresh = {name: secrets.rotate(old) for name, old in sealed.items()}
        except secrets.Unreadable as problem:
            raise secrets.Unreadable(f"The webhook {webhook}: {problem}") from None
        count += Webhook.objects.filter(pk=webhook.pk).update(**fresh) * len(fresh)
    return count


def _rotate_mailboxes() -> int:
    mailboxes = ReturnMailbox.objects.select_for_update().filter(secret_sealed__isnull=False)
    for mailbox in mailboxes:
        try:
            sealed = secrets.rotate(mailbox.secret_sealed or b"")
        except secrets.Unreadable as problem:
            raise secrets.Unreadable(f"{mailbox.name}: {problem}") from None
        ReturnMailbox.objects.filter(pk=mailbox.pk).update(secret_sealed=sealed)
    return len(mailboxes)


def _rotate_keys() -> int:
    keys = SigningKey.objects.select_for_update()
    for key in keys:
        try:
            sealed = secrets.rotate(key.private_sealed)
        except secrets.Unreadable as problem:
            raise secrets.Unreadable(f"The DKIM key {key.selector}: {problem}") from None
        SigningKey.objects.filter(pk=key.pk).update(private_sealed=sealed)
    return len(keys)


def _rotate_logins() -> int:
    """Sign-ins by token."""
    count = 0
    for login in OAuthLogin.objects.select_for_update():
        names = ("client_secret_sealed", "refresh_sealed", "access_sealed")
        try:
            fresh = {name: secrets.rotate(old) for name in names if (old := getattr(login, name))}
        except secrets.Unreadable as problem:
            raise secrets.Unreadable(f"The sign-in {login}: {problem}") from None
        count += OAuthLogin.objects.filter(pk=login.pk).update(**fresh) * len(fresh)
    return count
