"""Who may be connected to: a name is looked up once, judged, and what was judged is what is connected to."""

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.conf import settings

from accounts.egress import networks
from accounts.egress.allowed import Allowed
from accounts.egress.deadline import Deadline
from accounts.egress.networks import Address
from accounts.web_addresses import ascii_host

ADDRESSES_TRIED = 3
CONNECT_SECONDS = 10.0

Resolve = Callable[[str, int], Sequence[str]]


class Refused(Exception):
    """A server that this installation does not go to. The text may be shown."""


def resolve(host: str, port: int) -> list[str]:
    """As this machine knows names. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Guard:
    allowed: Allowed = field(default_factory=lambda: settings.EGRESS_ALLOW)
    resolve: Resolve = resolve

    def connect(self, host: str, port: int, deadline: Deadline) -> socket.socket:
        """A connection under the deadline. Raises Refused and OSError (TimeoutError, socket.gaierror among them)."""
        return self.reach(self.judged(host, port, deadline), port, deadline)

    def judged(self, host: str, port: int, deadline: Deadline) -> list[Address]:
        """The addresses behind the name, when all of them may be reached. Raises Refused and OSError."""
        try:
            name = str(networks.read(host)) if ":" in host else ascii_host(host.removesuffix("."))
        except ValueError:
            raise Refused(f"{host[:100]} is not the name of a server.") from None
        found = [networks.plain(networks.read(text)) for text in _in_time(partial(self.resolve, name, port), deadline)]
        if not found:
            raise OSError(f"{name} has no address")
        for address in found:
            self._judge(name, address)
        return found

    def reach(self, addresses: Sequence[Address], port: int, deadline: Deadline) -> socket.socket:
        """The first of the judged addresses that answers. Raises OSError."""
        problem = OSError("no address")
        for address in addresses[:ADDRESSES_TRIED]:
            family = socket.AF_INET if address.version == 4 else socket.AF_INET6
            reached = socket.socket(family, socket.SOCK_STREAM)
            try:
                reached.settimeout(min(CONNECT_SECONDS, deadline.left()))
                reached.connect((str(address), port))
                deadline.watch(reached)
            except OSError as found:
                reached.close()
                problem = found
            else:
                return reached
        raise problem

    def _judge(self, name: str, address: Address) -> None:
        what = str(address) if name == str(address) else f"{name} leads to {address}, which"
        if networks.is_never_a_server(address):
            raise Refused(f"{what} is reserved for other things than servers.")
        if not networks.is_public(address) and not self.allowed.covers(name, address):
            raise Refused(
                f"{what} is an address in a private network. "
                "Whoever runs this installation can allow it with the setting EGRESS_ALLOW."
            )


def _in_time(look_up: Callable[[], Sequence[str]], deadline: Deadline) -> Sequence[str]:
    """The system's resolver knows no deadline, so it works in a thread, which ends when it gives up by itself."""
    answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(look_up())
        except Exception as problem:
            answers.put(problem)

    threading.Thread(target=ask, daemon=True, name="resolver").start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError("the name service did not answer in time") from None
    if isinstance(answer, Exception):
        raise answer
    return answer
