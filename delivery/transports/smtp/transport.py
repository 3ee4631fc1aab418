"""SMTP as the engine uses it."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import Organisation
from delivery.models import Provider
from delivery.oauth import services as services_of_tokens
from delivery.oauth import tokens
from delivery.oauth.models import OAuthLogin
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
    """Raises secrets.Unreadable, of which NoToken is one."""
    signed_in = OAuthLogin.objects.filter(provider=provider).first() if provider.username else None
    if (
        provider.username
        and signed_in is None
        and not provider.password_sealed
        and services_of_tokens.of_host(provider.host)
    ):
        raise tokens.nobody_signed_in()
    who = provider.username, tokens.access(signed_in, provider.host) if signed_in else provider.password
    proof = identity.proof() if provider.is_sandbox else ""
    server = Server(provider.host, provider.port, provider.security, *who, local_name(), proof, signed_in is not None)
    return Smtp(server, service=services.of(provider.service, provider.host))


def local_name() -> str:
    organisation = Organisation.get()
    address = organisation.public_address if organisation else settings.PUBLIC_URL
    return urlsplit(address).hostname or "localhost"
