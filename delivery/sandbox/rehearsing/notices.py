"""The bar across every page while a provider is in rehearsal."""

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission, allows
from accounts.shell.notices import Notice
from delivery.models import Provider


def rehearsing(user: User) -> Iterator[Notice]:
    for provider in Provider.objects.in_rehearsal():
        count = len(provider.rehearsal_allowed)
        whom = "1 address that still gets it" if count == 1 else f"{count} addresses that still get it"
        but = f", but for {whom}" if count else ""
        text = f"{provider.name} is in rehearsal: what is sent through it goes to the sandbox and reaches nobody{but}."
        if allows(user, Permission.DELIVERY):
            yield Notice("warn", text, reverse("provider-rehearsal", args=[provider.pk]), "End it")
        else:
            yield Notice("warn", text)
