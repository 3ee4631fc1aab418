"""A provider's web interface as the engine uses it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module

from accounts.egress.fetching import Client, Limits
from accounts.egress.guard import Refused
from accounts.egress.line import Line
from delivery import tokens
from delivery.models import Provider
from delivery.outcomes import Letter
from delivery.replies import Category, Stage
from delivery.transports.api import catalogue, channel
from delivery.transports.api.channel import RequestChannel
from delivery.transports.api.forms import Account, Mail, Service
from delivery.transports.base import CannotCarry, CannotOpen, Channel
from delivery.transports.smtp.encoding import envelope_address

_ANSWER_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Api:
    account: Account
    service: Service = field(compare=False)
    batch_size: int = 1

    def __str__(self) -> str:
        return f"{self.account.service} ({self.account.url})"

    async def open(self, gone: Callable[[Channel], None]) -> Channel:
        try:
            opened = RequestChannel(line_to(self.account), self.service, channel.REQUEST_SECONDS)
        except Refused as problem:
            raise CannotOpen(Stage.CONNECT, str(problem)) from problem
        await opened.connect()
        opened.gone = gone
        return opened

    def encode(self, letter: Letter) -> None:
        if envelope_address(letter.email) is None:
            raise CannotCarry(Category.SMTPUTF8, "The address cannot be written in an envelope")
        compiled = letter.claim.batch.compiled
        letter.request = self.service.write(
            Mail(
                letter.email,
                compiled.envelope_from(letter.recipient),
                tokens.seal(tokens.MESSAGE_ID, letter.message_id) if letter.message_id else "",
                partial(compiled.build, letter.recipient),
                partial(compiled.parts, letter.recipient),
            )
        )


def api(provider: Provider) -> Api:
    """Raises secrets.Unreadable."""
    account = account_of(provider)
    return Api(account, service_of(account))


def account_of(provider: Provider) -> Account:
    return Account(
        provider.service,
        catalogue.url_of(provider),
        provider.username,
        provider.password,
        tuple(sorted((str(name), str(value)) for name, value in provider.options.items())),
    )


def service_of(account: Account) -> Service:
    # Imported with the first provider of its kind: most installations know one of them, or none.
    made: Service = import_module(f"delivery.transports.api.kinds.{account.service}").SERVICE(account)
    return made


def line_to(account: Account) -> Line:
    """Raises Refused."""
    return Line(account.url, client_of(account.url))


def client_of(url: str) -> Client:
    """Bound to the server of that address: its own port, and without TLS only where the address says so."""
    limits = Limits(
        answer_bytes=_ANSWER_BYTES, redirects=0, ports=frozenset(range(1, 65_536)), https_only=url.startswith("https:")
    )
    return Client(limits)
