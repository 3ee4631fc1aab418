"""SMTP as the engine uses it."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import Organisation
from delivery.models import Provider
from delivery.outcomes import Letter
from delivery.providers import services
from delivery.sandbox import identity
from delivery.transports.base import Channel
from delivery.transports.smtp import encoding, opening
from delivery.transports.smtp.opening import Server


@dataclass(frozen=True, slots=True)
class Smtp:
    server: Server
    batch_size: int = 1
    service: str = ""

    def __str__(self) -> str:
        return str(self.server)

    async def open(self, gone: Callable[[Channel], None]) -> Channel:
        connection = await opening.connect(self.server)
        connection.gone = gone
        return connection

    def encode(self, letter: Letter) -> None:
        encoding.encode(letter, self.service)


def smtp(provider: Provider) -> Smtp:
    """Raises secrets.Unreadable."""
    who = provider.username, provider.password
    proof = identity.proof() if provider.is_sandbox else ""
    server = Server(provider.host, provider.port, provider.security, *who, local_name(), proof)
    return Smtp(server, service=services.of(provider.service, provider.host))


def local_name() -> str:
    organisation = Organisation.get()
    address = organisation.public_address if organisation else settings.PUBLIC_URL
    return urlsplit(address).hostname or "localhost"
