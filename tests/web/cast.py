"""Who acts in the tests over all addresses, and what they find."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler

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
        self.sessions: dict[str, str] = {}
        self.client_options: dict[str, Any] = {}
        self._handlers: dict[bool, ClientHandler] = {}
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
        client = Client(raise_request_exception=True, **self.client_options, **options)
        # All middleware is set up once for all of them.
        client.handler = self._handlers.setdefault(client.handler.enforce_csrf_checks, client.handler)
        if actor := self.actor:
            if session := self.sessions.get(actor.get_session_auth_hash()):
                client.cookies[settings.SESSION_COOKIE_NAME] = session
            else:
                client.force_login(actor)
        return client

    def stay_logged_in(self) -> None:
        """From here on the actor's browsers are opened in one session, until a new password ends it."""
        if self.actor:
            session = self.browser().cookies[settings.SESSION_COOKIE_NAME].value
            self.sessions[self.actor.get_session_auth_hash()] = session
