"""The one HTTP client. What it is told to fetch may have been written by anybody.

Over the standard library's HTTP: the client libraries there are open connections by name, follow redirects and unpack
answers by themselves, all of which would have to be taken from them again.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Literal

import ada_url

from accounts.egress import failures
from accounts.egress.deadline import Deadline
from accounts.egress.guard import Guard, Refused

_REDIRECTS = (301, 302, 303, 307, 308)
_GOES_ELSEWHERE = ("accept", "user-agent")  # of the caller's headers, what another host may see
_LONGEST = 4_000
_DEFAULT_PORTS = {"https": 443, "http": 80}
_HTTPS_ONLY = "The address must begin with https://: anybody on the way could change what is fetched."


class NoAnswer(Exception):
    """The server gave none that is fit to use. The text may be shown."""

    @property
    def is_of_the_resolver(self) -> bool:
        """No name server answered in time, which says nothing of the server itself."""
        return isinstance(self.__context__, socket.gaierror) and self.__context__.errno == socket.EAI_AGAIN


class NotSent(NoAnswer):
    """The request did not reach the server as a whole, so it cannot have acted on it."""


class BadCertificate(NotSent):
    """Whoever answers cannot show that it is who was asked, so nothing is told to it. `code`: OpenSSL's, of why not."""

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


class Downgraded(Refused):
    """An encrypted address sends on to one that is not."""


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float = 10.0  # for everything: names, redirects, the last byte
    answer_bytes: int = 1_000_000
    redirects: int = 5
    ports: frozenset[int] = frozenset(_DEFAULT_PORTS.values())
    https_only: bool = True


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when a certificate is good."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """Whatever its status, the answer of the address that `url` names after all redirects."""

    url: str
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    certificate: Validity | None = None  # of the server; None over http, and on a line that is kept


Method = Literal["GET", "HEAD", "POST"]
Read = Callable[["Place", http.client.HTTPResponse, Deadline], Answer]


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Client:
    limits: Limits = field(default_factory=Limits)
    guard: Guard = field(default_factory=Guard)
    context: Callable[[], ssl.SSLContext] = _trusted

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Follows redirects, each judged like the first address. Raises Refused, NoAnswer."""
        return self._followed("GET", url, headers, self.answer)

    def look(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Whether something stands at the address: like get, without reading what. Raises Refused, NoAnswer.

        Servers that answer HEAD with an error are asked for the page, as a browser would.
        """
        answer = self._followed("HEAD", url, headers, _unread)
        return answer if answer.status < HTTPStatus.BAD_REQUEST else self._followed("GET", url, headers, _unread)

    def _followed(self, method: Method, url: str, headers: Mapping[str, str] | None, read: Read) -> Answer:
        with Deadline(self.limits.seconds) as deadline:
            place = self.place(url)
            sent = dict(headers or {})
            for _ in range(self.limits.redirects + 1):
                answer = self._ask(place, method, sent, b"", deadline, read)
                location = answer.headers.get("location", "")
                if answer.status not in _REDIRECTS or not location:
                    return answer
                following = self.place(location, place)
                if following.origin != place.origin:
                    sent = {name: value for name, value in sent.items() if name.lower() in _GOES_ELSEWHERE}
                place = following
        raise NoAnswer(f"The server sends on more than {self.limits.redirects} times.")

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """A redirect is an answer like any other: nobody asked us to hand the body to somebody else."""
        with Deadline(self.limits.seconds) as deadline:
            return self._ask(self.place(url), "POST", headers or {}, body, deadline, self.answer)

    def place(self, url: str, before: "Place | None" = None) -> "Place":
        """Raises Refused."""
        place = Place.read(url, before)
        if place.scheme == "http" and self.limits.https_only:
            raise Refused(_HTTPS_ONLY)
        if place.scheme == "http" and before and before.scheme == "https":
            raise Downgraded(_HTTPS_ONLY)
        if place.port not in self.limits.ports:
            raise Refused(f"Port {place.port} is not one of those that are used for web addresses.")
        return place

    def _ask(
        self,
        place: "Place",
        method: Method,
        headers: Mapping[str, str],
        body: bytes,
        deadline: Deadline,
        read: Read,
    ) -> Answer:
        connection = http.client.HTTPConnection(place.host, place.port)
        connection.default_port = _DEFAULT_PORTS[place.scheme]
        certificate = None
        try:
            with worded(place.host, deadline):
                connected = self.guard.connect(place.host, place.port, deadline)
                connection.sock = connected
                if place.scheme == "https":
                    encrypted = self.context().wrap_socket(connected, server_hostname=place.host)
                    connection.sock, certificate = encrypted, validity(encrypted)
                fixed = {"User-Agent": "Tallypost", **headers, "Accept-Encoding": "identity", "Connection": "close"}
                connection.request(method, place.path, body=body or None, headers=fixed)
                answer = read(place, connection.getresponse(), deadline)
                return replace(answer, certificate=certificate)
        finally:
            connection.close()

    def answer(self, place: "Place", response: http.client.HTTPResponse, deadline: Deadline) -> Answer:
        """Read to its end. Raises NoAnswer and what reading raises."""
        headers = {name.lower(): value for name, value in response.getheaders()}
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise NoAnswer(f"{place.host} answers in a packed form, which was not asked for.")
        most = self.limits.answer_bytes
        if (response.length or 0) > most:
            raise NoAnswer(f"The answer of {place.host} has more than {most:,} bytes.")
        body = response.read(most + 1)
        deadline.left()
        if len(body) > most:
            raise NoAnswer(f"The answer of {place.host} has more than {most:,} bytes.")
        if response.length:
            raise NoAnswer(f"The answer of {place.host} broke off.")
        return Answer(place.url, response.status, headers, body)


def _unread(place: "Place", response: http.client.HTTPResponse, deadline: Deadline) -> Answer:
    return Answer(place.url, response.status, {name.lower(): value for name, value in response.getheaders()}, b"")


@contextmanager
def worded(host: str, deadline: Deadline, kind: type[NoAnswer] = NoAnswer) -> Iterator[None]:
    """What goes wrong with a connection, as NoAnswer in words that may be shown."""
    try:
        yield
    except TimeoutError:
        raise kind(f"{host} did not answer in time.") from None
    except ssl.SSLCertVerificationError as problem:
        words = f"The certificate of {host} is not good: {failures.certificate(problem)}."
        raise BadCertificate(words, problem.verify_code) from None
    except (OSError, http.client.HTTPException) as problem:
        raise kind(f"{host} {_why(problem, deadline)}.") from None


def _why(problem: Exception, deadline: Deadline) -> str:
    if deadline.is_over:
        return "did not answer in time"
    if isinstance(problem, socket.gaierror):
        if problem.errno == socket.EAI_AGAIN:
            return "could not be asked: the name server does not answer"
        return "is a name that leads nowhere: no name server knows an address for it"
    return f"could not be asked: {_short(failures.why(problem))}"


@dataclass(frozen=True, slots=True)
class Place:
    url: str
    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def read(cls, url: str, before: "Place | None") -> "Place":
        """As a browser reads it: 0x7f.1, 2130706433 and １２７.0.0.1 are all 127.0.0.1. Raises Refused."""
        try:
            read = ada_url.URL(url if len(url) <= _LONGEST else "", base=before.url if before else None)
        except ValueError:
            raise Refused("That is not a web address.") from None
        scheme = str(read.protocol).rstrip(":")
        if scheme not in _DEFAULT_PORTS or not read.hostname or len(url) > _LONGEST:
            raise Refused("That is not a web address.")
        if read.username or read.password:
            raise Refused("A web address with a user name or password in it is not fetched.")
        host = str(read.hostname).strip("[]")
        port = int(read.port) if read.port else _DEFAULT_PORTS[scheme]
        return cls(str(read.href), scheme, host, port, f"{read.pathname}{read.search}")

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.scheme, self.host, self.port)


def validity(encrypted: ssl.SSLSocket) -> Validity | None:
    shown = encrypted.getpeercert() or {}
    since, until = [shown.get(name) for name in ("notBefore", "notAfter")]
    if not (isinstance(since, str) and isinstance(until, str)):
        return None
    return Validity(*(datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) for text in (since, until)))


def _short(words: str) -> str:
    return " ".join(words.split())[:200]
