"""Try a way out step by step, up to RCPT TO; nothing is sent. Each failure comes with its cure.

The connection is opened as the engine opens it (`delivery.transports.smtp.opening`), one step at a time. `run` yields
every step as it ends and stops at the first that fails. It touches no database and never raises.
"""

import asyncio
import base64
import ssl
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from delivery.connection_tests import State, Step
from delivery.providers.check import cures, machines
from delivery.providers.check.cures import Failed
from delivery.sandbox import identity
from delivery.transports.base import CannotOpen
from delivery.transports.smtp.opening import ADDRESSES_TRIED, Opening, Server
from delivery.transports.smtp.wire import NotSmtp, Reply

TIMEOUT_SECONDS = 10.0
_ROUNDS_TO_CLOSE = 5  # of the loop, until sockets that were given up are closed, those under TLS too


STEPS = {
    "dns": "Find the server",
    "connect": "Connect",
    "tls": "Encrypt",
    "login": "Log in",
    "sender": "Sender accepted",
    "recipient": "Recipient accepted",
}


@dataclass(frozen=True, slots=True)
class Target:
    host: str
    port: int
    security: str  # starttls, tls, none
    username: str
    password: str = field(repr=False)
    sender: str
    recipient: str  # of the tester's own
    local_name: str = "localhost"
    uses_token: bool = False
    is_our_sandbox: bool = False  # may be in another container, and reaches nobody
    timeout_seconds: float = TIMEOUT_SECONDS

    @property
    def server(self) -> Server:
        return Server(
            self.host,
            self.port,
            self.security,
            self.username,
            self.password,
            self.local_name,
            proof=identity.proof() if self.is_our_sandbox else "",
            uses_token=self.uses_token,
            connect_timeout=self.timeout_seconds,
            command_timeout=self.timeout_seconds,
        )


@dataclass(frozen=True, slots=True)
class _Done:
    words: str
    state: State = State.GOOD
    cure: str = ""
    raw: str = ""


def run(target: Target) -> Iterator[Step]:
    # The loop runs during a step, and stands still while its caller shows what came of it.
    with asyncio.Runner() as runner:
        trial = _Trial(target)
        acts: dict[str, Callable[[], Coroutine[Any, Any, _Done]]] = {
            "dns": trial.find,
            "connect": trial.connect,
            "tls": trial.encrypt,
            "login": trial.log_in,
            "sender": trial.offer_sender,
            "recipient": trial.offer_recipient,
        }
        try:
            for name, act in acts.items():
                step = _attempt(runner, name, act, target)
                yield step
                if step.state == State.BAD:
                    return
        finally:
            runner.run(trial.close())


def _attempt(runner: asyncio.Runner, name: str, act: Callable[[], Coroutine[Any, Any, _Done]], target: Target) -> Step:
    started = time.monotonic()

    def step(state: State, words: str, cure: str = "", raw: str = "") -> Step:
        return Step(name, state, round((time.monotonic() - started) * 1000), words, cure, _without_secret(raw, target))

    try:
        done = runner.run(act())
    except Failed as problem:
        return step(State.BAD, problem.words, problem.cure, problem.raw)
    except (TimeoutError, ConnectionAbortedError):  # the latter: of a TLS handshake
        return step(State.BAD, *cures.silent(target.port, target.security))
    except NotSmtp:
        return step(State.BAD, *cures.not_smtp(target.port))
    except ConnectionError:
        return step(State.BAD, *cures.closed(name))
    except OSError as problem:
        return step(State.BAD, *cures.broken(problem))
    return step(done.state, done.words, done.cure, done.raw)


class _Trial:
    def __init__(self, target: Target) -> None:
        self._target = target
        # A context of its own: what this machine trusts may have changed since the program began.
        self._opening = Opening(target.server, ssl.create_default_context())

    async def find(self) -> _Done:
        target = self._target
        try:
            await self._opening.find()
        except (OSError, UnicodeError) as problem:
            raise cures.unresolved(target.host, problem) from None
        addresses = self._opening.addresses
        if forbidden := [text for text in addresses if not machines.is_reachable(text)]:
            raise cures.forbidden(forbidden[0])
        stays_here = target.is_our_sandbox or all(machines.is_loopback(text) for text in addresses)
        if target.security == "none" and not stays_here:
            raise cures.unencrypted()
        if target.host in addresses:
            return _Done("It is given by its address: nothing to look up.")
        return _Done(f"{target.host} is {', '.join(addresses[:ADDRESSES_TRIED])}.")

    async def connect(self) -> _Done:
        target = self._target
        try:
            await self._opening.reach()
        except CannotOpen as problem:
            raise _unwelcome(problem) from None
        except TimeoutError as problem:
            if self._opening.is_connected:
                raise
            raise cures.unconnected(target.port, problem) from None
        except OSError as problem:
            if self._opening.is_connected:
                raise
            raise cures.unconnected(target.port, problem) from None
        if target.security == "tls":
            return _Done(f"Port {target.port} is open.")
        return _Done(f"Port {target.port} is open and a mail server answers.")

    async def encrypt(self) -> _Done:
        target = self._target
        try:
            await self._opening.secure()
        except ssl.SSLCertVerificationError as problem:
            raise cures.certificate(problem.verify_code, target.host, await self._peek()) from None
        except ssl.SSLError as problem:
            raise cures.handshake(problem, target.security) from None
        except CannotOpen as problem:
            if target.security == "starttls" and problem.stage == "starttls":
                raise cures.no_starttls(target.port, _reply(problem)) from None
            raise _unwelcome(problem) from None
        if target.security == "none":
            return _Done("Not encrypted: the mail does not leave this machine.")
        encrypted = self._opening.connection.transport.get_extra_info("ssl_object")
        return _encrypted(machines.certificate(encrypted), encrypted.version())

    async def log_in(self) -> _Done:
        target = self._target
        if not target.username:
            return _Done("No login is set: the server must know this machine by its address.")
        try:
            await self._opening.log_in()
        except CannotOpen as problem:
            offered = self._opening.connection.features.get("AUTH", "").upper().split()
            if not offered:
                raise cures.no_login_offered(target.security) from None
            reply = _reply(problem)
            if target.uses_token:
                raise cures.token(reply) from None
            if reply is None:
                raise cures.no_known_login(offered) from None
            raise cures.login(reply, target.host, target.security) from None
        return _Done(f"{target.username} is logged in.")

    async def offer_sender(self) -> _Done:
        reply = await self._ask(f"MAIL FROM:<{self._target.sender}>")
        if reply.code // 100 != 2:
            raise cures.sender(reply, self._sender_domain, bool(self._target.username))
        return _Done(f"The server takes mail from {self._sender_domain}.")

    async def offer_recipient(self) -> _Done:
        address = self._target.recipient
        if not address.isascii():
            return _Done(f"Not tried: {address} cannot be written in an SMTP envelope.", State.WARN)
        reply = await self._ask(f"RCPT TO:<{address}>")
        if reply.code >= 500:
            has_login = bool(self._target.username)
            raise cures.recipient(reply, address, self._sender_domain, has_login=has_login)
        if reply.code >= 400:
            words, cure = cures.not_now(reply, address)
            return _Done(words, State.WARN, cure, cures.raw(reply))
        with suppress(OSError):
            await self._ask("RSET")
            await self._ask("QUIT")
        return _Done(f"The server takes mail for {address}. Nothing was sent.")

    async def close(self) -> None:
        self._opening.close()
        for _ in range(_ROUNDS_TO_CLOSE):
            await asyncio.sleep(0)

    @property
    def _sender_domain(self) -> str:
        return self._target.sender.rpartition("@")[2]

    async def _ask(self, command: str) -> Reply:
        return await self._opening.connection.ask(command)

    async def _peek(self) -> cures.Certificate | None:
        """The certificate that was not trusted, read over a second connection to say what is wrong with it."""
        peeking = Opening(replace(self._target.server, username="", password=""), machines.believing_anybody())
        peeking.addresses = self._opening.addresses  # those that were looked at, and no others
        with suppress(OSError, CannotOpen, ValueError):
            try:
                await peeking.reach()
                await peeking.secure()
                return machines.certificate(peeking.connection.transport.get_extra_info("ssl_object"))
            finally:
                peeking.close()
        return None


def _reply(problem: CannotOpen) -> Reply | None:
    return problem.answer if isinstance(problem.answer, Reply) else None


def _unwelcome(problem: CannotOpen) -> Failed:
    reply = _reply(problem)
    return cures.unwelcome(reply) if reply else Failed(problem.why, "Try again.")


def _encrypted(certificate: cures.Certificate, version: str | None) -> _Done:
    named = (version or "TLS").replace("TLSv", "TLS ")
    words = f"{named}, certificate for {certificate.shown_names}, valid until {cures.date(certificate.expires_at)}."
    if certificate.expires_at - datetime.now(UTC) < cures.EXPIRES_SOON:
        return _Done(words, State.WARN, cures.ENDS_SOON)
    return _Done(words)


def _without_secret(raw: str, target: Target) -> str:
    """Some servers quote what they were told."""
    if target.password:
        both = f"\0{target.username}\0{target.password}"
        for secret in (target.password, _base64(target.password), _base64(both)):
            raw = raw.replace(secret, "•••")
    return raw


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
