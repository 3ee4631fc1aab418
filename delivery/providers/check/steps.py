"""Try a way out step by step, up to MAIL FROM; nothing is sent. Each failure comes with its cure.

`run` yields every step as it ends and stops at the first that fails. It neither knows Django nor raises.
"""

import base64
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import NameOID

from delivery.providers.check import cures
from delivery.providers.check.cures import Failed
from delivery.providers.check.wire import Reply, Wire, WireClosed, WireNotSmtp, WireSilent

TIMEOUT_SECONDS = 10.0
EXPIRES_SOON = timedelta(days=14)
ADDRESSES_TRIED = 3


class State(StrEnum):
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


STEPS = {
    "dns": "Find the server",
    "connect": "Connect",
    "tls": "Encrypt",
    "login": "Log in",
    "sender": "Sender accepted",
}


@dataclass(frozen=True, slots=True)
class Target:
    host: str
    port: int
    security: str  # starttls, tls, none
    username: str
    password: str = field(repr=False)
    sender: str
    is_our_sandbox: bool = False  # may be in another container, and reaches nobody
    timeout_seconds: float = TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class Step:
    name: str  # key of STEPS
    state: State
    milliseconds: int
    words: str
    cure: str = ""
    raw: str = ""  # what the server said; hostile text

    @property
    def label(self) -> str:
        return STEPS[self.name]


@dataclass(frozen=True, slots=True)
class _Done:
    words: str
    state: State = State.GOOD
    cure: str = ""


def run(target: Target) -> Iterator[Step]:
    conversation = _Conversation(target)
    acts: dict[str, Callable[[], _Done]] = {
        "dns": conversation.resolve,
        "connect": conversation.connect,
        "tls": conversation.encrypt,
        "login": conversation.log_in,
        "sender": conversation.offer_sender,
    }
    try:
        for name, act in acts.items():
            step = _attempt(name, act, target)
            yield step
            if step.state == State.BAD:
                return
    finally:
        conversation.close()


def _attempt(name: str, act: Callable[[], _Done], target: Target) -> Step:
    started = time.monotonic()

    def step(state: State, words: str, cure: str = "", raw: str = "") -> Step:
        return Step(name, state, round((time.monotonic() - started) * 1000), words, cure, _without_secret(raw, target))

    try:
        done = act()
    except Failed as problem:
        return step(State.BAD, problem.words, problem.cure, problem.raw)
    except (WireSilent, TimeoutError):
        return step(State.BAD, *cures.silent(target.port, target.security))
    except (WireClosed, ConnectionResetError, BrokenPipeError):
        return step(State.BAD, *cures.closed(name))
    except WireNotSmtp:
        return step(State.BAD, *cures.not_smtp(target.port))
    except OSError as problem:
        return step(State.BAD, *cures.broken(problem))
    return step(done.state, done.words, done.cure)


class _Conversation:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._addresses: list[str] = []
        self._wire: Wire | None = None
        self._offers: dict[str, str] = {}

    def resolve(self) -> _Done:
        try:
            found = socket.getaddrinfo(self._target.host, self._target.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as problem:
            raise cures.unresolved(self._target.host, problem) from None
        self._addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if forbidden := [text for text in self._addresses if not _is_reachable(text)]:
            raise cures.forbidden(forbidden[0])
        stays_here = self._target.is_our_sandbox or all(_is_loopback(text) for text in self._addresses)
        if self._target.security == "none" and not stays_here:
            raise cures.unencrypted()
        if self._target.host in self._addresses:
            return _Done("It is given by its address: nothing to look up.")
        return _Done(f"{self._target.host} is {', '.join(self._addresses[:ADDRESSES_TRIED])}.")

    def connect(self) -> _Done:
        self._wire = Wire(self._open(), self._target.timeout_seconds)
        if self._target.security == "tls":
            return _Done(f"Port {self._target.port} is open.")
        self._greet()
        return _Done(f"Port {self._target.port} is open and a mail server answers.")

    def encrypt(self) -> _Done:
        if self._target.security == "none":
            return _Done("Not encrypted: the mail does not leave this machine.")
        if self._target.security == "starttls":
            self._start_tls()
        try:
            socket_ = ssl.create_default_context().wrap_socket(self._link.socket, server_hostname=self._target.host)
        except ssl.SSLCertVerificationError as problem:
            raise cures.certificate(problem.verify_code, self._target.host, self._peek()) from None
        except ssl.SSLError as problem:
            raise cures.handshake(problem, self._target.security) from None
        self._wire = Wire(socket_, self._target.timeout_seconds)
        self._greet(expects_greeting=self._target.security == "tls")
        return _encrypted(socket_)

    def log_in(self) -> _Done:
        target = self._target
        if not target.username:
            return _Done("No login is set: the server must know this machine by its address.")
        mechanisms = self._offers.get("AUTH", "").upper().split()
        if not mechanisms:
            raise cures.no_login_offered(target.security)
        reply = self._authenticate(mechanisms)
        if reply.code != 235:
            raise cures.login(reply, target.host, target.security)
        return _Done(f"{target.username} is logged in.")

    def offer_sender(self) -> _Done:
        reply = self._link.command(f"MAIL FROM:<{self._target.sender}>")
        if reply.code // 100 != 2:
            raise cures.sender(reply, self._target.sender.rpartition("@")[2], bool(self._target.username))
        with suppress(OSError, WireSilent, WireClosed, WireNotSmtp):
            self._link.command("RSET")
            self._link.command("QUIT")
        return _Done(f"The server takes mail from {self._target.sender.rpartition('@')[2]}. Nothing was sent.")

    def close(self) -> None:
        if self._wire:
            self._wire.close()

    @property
    def _link(self) -> Wire:
        if self._wire is None:
            raise WireClosed
        return self._wire

    def _open(self) -> socket.socket:
        problem: OSError | None = None
        for address in self._addresses[:ADDRESSES_TRIED]:
            try:
                return socket.create_connection((address, self._target.port), self._target.timeout_seconds)
            except OSError as found:
                problem = found
        raise cures.unconnected(self._target.port, problem)

    def _greet(self, *, expects_greeting: bool = True) -> None:
        if expects_greeting and (greeting := self._link.read()).code != 220:
            raise cures.unwelcome(greeting)
        reply = self._link.command(f"EHLO {_own_name(self._link.socket)}")
        if reply.code != 250:
            raise cures.unwelcome(reply)
        words = [line.partition(" ") for line in reply.lines[1:]]
        self._offers = {keyword.upper(): rest for keyword, _, rest in words}

    def _start_tls(self) -> None:
        if "STARTTLS" not in self._offers:
            raise cures.no_starttls(self._target.port)
        reply = self._link.command("STARTTLS")
        if reply.code != 220:
            raise cures.no_starttls(self._target.port, reply)

    def _authenticate(self, mechanisms: list[str]) -> Reply:
        user, password = self._target.username, self._target.password
        if "PLAIN" in mechanisms:
            return self._link.command(f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}")
        if "LOGIN" in mechanisms:
            for line in ("AUTH LOGIN", _base64(user)):
                if (reply := self._link.command(line)).code != 334:
                    return reply
            return self._link.command(_base64(password))
        raise cures.no_known_login(mechanisms)

    def _peek(self) -> cures.Certificate | None:
        """The certificate that was not trusted, read over a second connection to say what is wrong with it."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with suppress(OSError, Failed, WireSilent, WireClosed, WireNotSmtp, ValueError):
            self.close()
            self._wire = Wire(self._open(), self._target.timeout_seconds)
            if self._target.security == "starttls":
                self._greet()
                self._start_tls()
            with context.wrap_socket(self._link.socket, server_hostname=self._target.host) as encrypted:
                return _read_certificate(encrypted)
        return None


def _encrypted(encrypted: ssl.SSLSocket) -> _Done:
    certificate = _read_certificate(encrypted)
    version = (encrypted.version() or "TLS").replace("TLSv", "TLS ")
    words = f"{version}, certificate for {certificate.shown_names}, valid until {cures.date(certificate.expires_at)}."
    if certificate.expires_at - datetime.now(UTC) < EXPIRES_SOON:
        return _Done(words, State.WARN, "The certificate ends soon: whoever runs the server should renew it.")
    return _Done(words)


def _read_certificate(encrypted: ssl.SSLSocket) -> cures.Certificate:
    certificate = x509.load_der_x509_certificate(encrypted.getpeercert(binary_form=True) or b"")
    names: list[str] = []
    with suppress(x509.ExtensionNotFound):
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = [*alternatives.get_values_for_type(x509.DNSName)]
        names += [str(address) for address in alternatives.get_values_for_type(x509.IPAddress)]
    if not names:
        names = [str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return cures.Certificate(tuple(names), certificate.not_valid_after_utc)


def _is_reachable(address: str) -> bool:
    """Relays in private networks are legitimate; nobody's relay is a cloud's metadata service."""
    parsed = _parsed(address)
    return not (parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified)


def _is_loopback(address: str) -> bool:
    return _parsed(address).is_loopback


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed


def _own_name(connected: socket.socket) -> str:
    address = str(connected.getsockname()[0])
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _without_secret(raw: str, target: Target) -> str:
    """Some servers quote what they were told."""
    if target.password:
        secrets = [target.password, _base64(target.password), _base64(f"\0{target.username}\0{target.password}")]
        for secret in secrets:
            raw = raw.replace(secret, "•••")
    return raw
