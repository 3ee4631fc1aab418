"""From a host name to a connection that may carry mail: connect, greet, secure, log in."""

import asyncio
import contextlib
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from functools import lru_cache

from accounts.egress import failures, networks
from delivery.models import Provider
from delivery.replies import Stage
from delivery.transports import size_limits
from delivery.transports.base import CannotOpen
from delivery.transports.smtp.connection import Connection
from delivery.transports.smtp.wire import Reply

CONNECT_SECONDS = 20.0
ADDRESSES_TRIED = 3
COMMAND_SECONDS = 60.0
# RFC 5321 4.5.3.2.6 wants ten minutes, so that nobody sends twice; what is uncertain is never sent again by itself.
DOT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Server:
    """How to reach a provider. Equal servers may share connections; a new password makes another one."""

    host: str
    port: int
    security: str
    username: str
    password: str
    local_name: str = "localhost"
    proof: str = ""  # which its greeting must hold: the sandbox's, so that no other program takes its mail
    uses_token: bool = False  # `password` is an access token
    connect_timeout: float = field(default_factory=lambda: CONNECT_SECONDS)
    command_timeout: float = field(default_factory=lambda: COMMAND_SECONDS)
    dot_timeout: float = field(default_factory=lambda: DOT_SECONDS)

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"


async def connect(server: Server) -> Connection:
    """A connection that is greeted, secured and logged in. Raises CannotOpen."""
    opening = Opening(server)
    try:
        return await opening.run()
    except (CannotOpen, asyncio.CancelledError):  # a turn that ends does not wait for what it was opening
        opening.close()
        raise
    except (OSError, UnicodeError) as error:
        opening.close()
        raise CannotOpen(opening.stage, failures.why(error)) from error


class Opening:
    """The steps to a connection, in their order: `find`, `reach`, `secure`, `log_in`.

    `run` takes them all; whoever tests a connection takes them one by one. Each raises CannotOpen when the server
    refuses, else what went wrong: OSError (ConnectionError, TimeoutError, ssl.SSLError among them), UnicodeError.
    """

    def __init__(self, server: Server, context: ssl.SSLContext | None = None) -> None:
        self.server = server
        self.stage = Stage.CONNECT
        self.addresses: list[str] = []
        self._context = context
        self._connection: Connection | None = None
        self._socket: socket.socket | None = None

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            raise ConnectionError("not connected")
        return self._connection

    @property
    def is_connected(self) -> bool:
        """A server has the connection and may have said something."""
        return self._connection is not None

    async def run(self) -> Connection:
        await self.find()
        await self.reach()
        await self.secure()
        await self.log_in()
        return self.connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.abort("could not be opened")
        elif self._socket is not None:
            self._socket.close()

    async def find(self) -> None:
        """The addresses behind the name, in the order in which they are tried."""
        server = self.server
        finding = asyncio.get_running_loop().getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        found = await asyncio.wait_for(finding, server.connect_timeout)
        self.addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))

    async def reach(self) -> None:
        """Connect; unless TLS comes first, the server greets, too."""
        self._socket = await asyncio.wait_for(self._reach(), self.server.connect_timeout)
        if self.server.security != Provider.Security.TLS:
            await self._begin(None)

    async def secure(self) -> None:
        if self.server.security == Provider.Security.TLS:
            await self._begin(self._context or _context())
        elif self.server.security == Provider.Security.STARTTLS:
            await self._start_tls(self.connection)

    async def log_in(self) -> None:
        if self.server.username:
            self.stage = Stage.AUTH
            await self._log_in(self.connection)

    async def _reach(self) -> socket.socket:
        loop = asyncio.get_running_loop()
        problem: OSError = ConnectionError("the name has no address")
        for address in self.addresses[:ADDRESSES_TRIED]:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            reached = self._socket = socket.socket(family, socket.SOCK_STREAM)
            reached.setblocking(False)
            try:
                await loop.sock_connect(reached, (address, self.server.port))
            except OSError as found:
                reached.close()
                problem = found
            else:
                return reached
        raise problem

    async def _begin(self, context: ssl.SSLContext | None) -> None:
        server, reached, self._socket = self.server, self._socket, None  # from here on the transport's to close
        creating = asyncio.get_running_loop().create_connection(
            lambda: Connection(command_timeout=server.command_timeout, dot_timeout=server.dot_timeout),
            sock=reached,
            ssl=context,
            server_hostname=server.host if context else None,
        )
        _, connection = await asyncio.wait_for(creating, server.connect_timeout)
        self._connection = connection
        greeting = await connection.greeting()
        self._expect(greeting)
        if server.proof not in greeting.text:
            raise CannotOpen(self.stage, "another program answers where the sandbox should: it was given no mail")
        self.stage = Stage.EHLO
        await self._greet(connection)

    async def _greet(self, connection: Connection) -> None:
        reply = await connection.ask(f"EHLO {self.server.local_name}")
        if reply.is_good:
            connection.features = _features(reply)
            await size_limits.note(self.server.host, self.server.port, connection.features)
        else:
            self._expect(await connection.ask(f"HELO {self.server.local_name}"))

    async def _start_tls(self, connection: Connection) -> None:
        self.stage = Stage.STARTTLS
        if "STARTTLS" not in connection.features:
            raise CannotOpen(self.stage, "the server does not offer STARTTLS")
        self._expect(await connection.ask_starttls())
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(
            connection.transport,
            connection,
            self._context or _context(),
            server_hostname=self.server.host,
            ssl_handshake_timeout=self.server.connect_timeout,
        )
        if transport is None:
            raise ConnectionError("the server closed the connection")
        connection.secured(transport)
        self.stage = Stage.EHLO
        await self._greet(connection)

    async def _log_in(self, connection: Connection) -> None:
        server = self.server
        if server.security == Provider.Security.NONE and not _is_loopback(connection):
            raise CannotOpen(self.stage, "the password is not sent without encryption")
        methods = connection.features.get("AUTH", "").upper().split()
        if server.uses_token:
            reply = await self._log_in_by_token(connection, methods)
        elif "PLAIN" in methods or not methods:
            token = _b64(f"\0{server.username}\0{server.password}")
            reply = await connection.ask(f"AUTH PLAIN {token}")
        elif "LOGIN" in methods:
            reply = await self._log_in_by_steps(connection)
        else:
            raise CannotOpen(self.stage, f"the server offers no way to log in that we know ({' '.join(methods)})")
        self._expect(reply)

    async def _log_in_by_token(self, connection: Connection, methods: list[str]) -> Reply:
        """XOAUTH2. Who refuses says why first, and waits for an empty line."""
        if "XOAUTH2" not in methods:
            raise CannotOpen(self.stage, "the server takes no access tokens (XOAUTH2)")
        said = f"user={self.server.username}\1auth=Bearer {self.server.password}\1\1"
        reply = await connection.ask(f"AUTH XOAUTH2 {_b64(said)}")
        return await connection.ask("") if reply.code == 334 else reply

    async def _log_in_by_steps(self, connection: Connection) -> Reply:
        reply = await connection.ask("AUTH LOGIN")
        for secret in (self.server.username, self.server.password):
            if reply.code != 334:
                return reply
            reply = await connection.ask(_b64(secret))
        return reply

    def _expect(self, reply: Reply) -> None:
        if not 200 <= reply.code < 300:
            raise CannotOpen(self.stage, f"{reply.code} {reply.text}", reply)


def _features(reply: Reply) -> dict[str, str]:
    """What the EHLO answer announces. `AUTH=LOGIN`, as old servers write it, counts too."""
    features: dict[str, str] = {}
    for line in reply.lines[1:]:
        keyword, _, value = line.replace("AUTH=", "AUTH ", 1).partition(" ")
        name = keyword.upper()
        features[name] = f"{features[name]} {value}".strip() if name in features else value.strip()
    return features


def _is_loopback(connection: Connection) -> bool:
    peer = connection.transport.get_extra_info("peername")
    with contextlib.suppress(ValueError, TypeError):
        return networks.is_loopback(networks.read(peer[0]))
    return False


def _b64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
