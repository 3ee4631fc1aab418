"""One connection to one server over which many requests go, one after the other, judged and bounded like any other.

Whoever hands over a mail by a request that failed has to know whether the server may have acted on it.
"""

import http.client
import select
import socket
from collections.abc import Mapping
from contextlib import suppress

from accounts.egress.deadline import Deadline
from accounts.egress.fetching import Answer, Client, NoAnswer, NotSent, Validity, validity, worded
from accounts.egress.guard import Refused


class Line:
    """Used by one thread at a time; `cut` may be called from any."""

    def __init__(self, base: str, client: Client) -> None:
        """`base`: any address of the server. Raises Refused."""
        self.certificate: Validity | None = None  # of the server, once it is connected by https
        self._client = client
        self._place = client.place(base)
        self._connection: http.client.HTTPConnection | None = None
        self._handle: socket.socket | None = None  # on the same connection, past its TLS
        self._is_fresh = True

    def open(self, seconds: float) -> None:
        """Connect, unless it is. Raises Refused, NotSent."""
        with Deadline(seconds) as deadline, worded(self._place.host, deadline, NotSent):
            self._ready(deadline)

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
        """A redirect is an answer like any other. Raises Refused, NotSent, NoAnswer."""
        place = self._client.place(url)
        if place.origin != self._place.origin:
            raise Refused(f"{place.host} is another server.")
        with Deadline(seconds) as deadline:
            with worded(place.host, deadline, NotSent):
                connection = self._ready(deadline)
                if self._handle is not None:
                    deadline.watch(self._handle)
                is_whole = self._write(connection, method, place.path, headers, body)
            try:
                answer = self._read(connection, deadline)
            except NoAnswer as problem:
                raise problem if is_whole else NotSent(str(problem)) from None
            if not is_whole:
                self.close()
            return answer

    def cut(self) -> None:
        """End whatever is under way."""
        handle = self._handle
        if handle is not None:
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        connection, handle = self._connection, self._handle
        self._connection = self._handle = None
        if connection is not None:
            connection.close()
        if handle is not None:
            handle.close()

    def _ready(self, deadline: Deadline) -> http.client.HTTPConnection:
        if self._connection is not None and not self._is_fresh and self._has_ended():
            self.close()
        if self._connection is None:
            self._connect(deadline)
        connection = self._connection
        if connection is None or connection.sock is None:
            raise ConnectionError("the connection was closed")
        connection.sock.settimeout(deadline.left())
        return connection

    def _connect(self, deadline: Deadline) -> None:
        place = self._place
        connected = self._client.guard.connect(place.host, place.port, deadline)
        self._handle = connected.dup()
        connected.settimeout(deadline.left())
        try:
            if place.scheme == "https":
                connected = encrypted = self._client.context().wrap_socket(connected, server_hostname=place.host)
                self.certificate = validity(encrypted)
        except BaseException:
            connected.close()
            self.close()
            raise
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = http.client.HTTPConnection(place.host, place.port)
        connection.default_port = 443 if place.scheme == "https" else 80
        connection.auto_open = 0  # it would connect past the guard
        connection.sock = connected
        self._connection, self._is_fresh = connection, True

    def _has_ended(self) -> bool:
        """Nothing is owed to us, so what there is to read is the end."""
        return self._handle is None or bool(select.select([self._handle], [], [], 0)[0])

    def _write(
        self, connection: http.client.HTTPConnection, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> bool:
        """False: the server stopped listening before the end; it may have said why."""
        self._is_fresh = False
        sent = {"User-Agent": "Tallypost", **headers, "Accept-Encoding": "identity"}
        try:
            connection.request(method, path, body=body or None, headers=sent)
        except (BrokenPipeError, ConnectionResetError):
            return False
        except BaseException:
            self.close()
            raise
        return True

    def _read(self, connection: http.client.HTTPConnection, deadline: Deadline) -> Answer:
        try:
            with worded(self._place.host, deadline):
                response = connection.getresponse()
                answer = self._client.answer(self._place, response, deadline)
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        return answer
