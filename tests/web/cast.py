"""Who acts in the tests over all addresses, and what they find."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from django.db import transaction
from django.test import Client

from accounts.models import BrandKit, Organisation, Role, User
from delivery.models import Provider

T = TypeVar("T")

STRANGER = "stranger"
ROLES = (STRANGER, *Role.values)


class Cast:
    """One organisation and one actor. Objects are made when an address asks for them, each once."""

    def __init__(self, role: str) -> None:
        self.organisation, _ = Organisation.objects.get_or_create(
            id=1,
            defaults={
                "name": "Nordlicht Books",
                "postal_address": "Hafenstraße 7, 20457 Hamburg",
                "time_zone": "Europe/Berlin",
                "sender_name": "Nordlicht Books",
                "sender_email": "news@nordlicht.example",
                "public_url": "https://news.nordlicht.example",
            },
        )
        if self.organisation.brand is None:
            self.organisation.brand = BrandKit.objects.create()
            self.organisation.save()
        Provider.objects.sandbox()
        self.owner = self.person("first-owner", Role.OWNER)
        self.made: dict[str, Any] = {}
        self.become(role)

    def become(self, role: str) -> None:
        """From here on somebody of that role acts, on what is there."""
        self.role = role
        self.actor = self.person(f"{role}-actor", Role(role)) if role != STRANGER else None

    @contextmanager
    def rolled_back(self) -> Iterator[None]:
        """Whatever is done and made inside has not happened."""
        made = dict(self.made)
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        self.made = made

    def person(self, name: str, role: Role, **fields: Any) -> User:
        found = User.objects.filter(email=f"{name}@nordlicht.example").first()
        return found or User.objects.create_user(
            f"{name}@nordlicht.example", None, name=name.title(), role=role, **fields
        )

    def once(self, key: str, make: Callable[[], T]) -> T:
        if key not in self.made:
            self.made[key] = make()
        return cast("T", self.made[key])

    def browser(self, **options: Any) -> Client:
        client = Client(raise_request_exception=True, **options)
        if self.actor:
            client.force_login(self.actor)
        return client
