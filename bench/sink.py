"""An SMTP server that takes everything, on loopback: Postfix's smtp-sink, or one of our own where that cannot do it.

    python -m bench.sink PORT DELAY_MS [CERTIFICATE]

Our own answers what came at one moment together and DELAY_MS later, as a server that far away would: a client that
chains its messages waits one delay for each on each connection, one that says a command at a time four. With a
certificate (key and chain in one file) it offers STARTTLS.
"""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from bench.stage import ROOT

_END = b"\r\n.\r\n"
_READY = b"220 sink.example ESMTP\r\n"
_GREETING = b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
_ANSWERS = {b"DATA": b"354 go ahead\r\n", b"QUIT": b"221 2.0.0 bye\r\n", b"STAR": b"220 2.0.0 go ahead\r\n"}


class Session(asyncio.Protocol):
    def __init__(self, delay: float, context: ssl.SSLContext | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._delay, self._context = delay, context
        self._buffer, self._in_body = bytearray(), False
        self._secured = False
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        if not self._secured:
            self._answer(_READY)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        said: list[bytes] = []
        while self._body_ended(said) if self._in_body else self._command(said):
            pass
        if said:
            self._answer(b"".join(said))

    def _body_ended(self, said: list[bytes]) -> bool:
        end = self._buffer.find(_END)
        if end < 0:
            del self._buffer[: -len(_END)]
            return False
        del self._buffer[: end + len(_END)]
        self._in_body = False
        said.append(b"250 2.0.0 taken\r\n")
        return True

    def _command(self, said: list[bytes]) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        verb = bytes(self._buffer[:4]).upper()
        del self._buffer[: end + 2]
        self._in_body = verb == b"DATA"
        said.append(self._greeting() if verb == b"EHLO" else _ANSWERS.get(verb, b"250 2.0.0 fine\r\n"))
        return True

    def _greeting(self) -> bytes:
        offer = b"250-STARTTLS\r\n" if self._context and not self._secured else b""
        return _GREETING + offer + b"250 SIZE 50000000\r\n"

    def _answer(self, words: bytes) -> None:
        if self._delay:
            self._loop.call_later(self._delay, self._say, words)
        else:
            self._say(words)

    def _say(self, words: bytes) -> None:
        if self._transport.is_closing():
            return
        self._transport.write(words)
        if words.startswith(b"221"):
            self._transport.close()
        elif words == _ANSWERS[b"STAR"]:
            self._task = self._loop.create_task(self._secure())

    async def _secure(self) -> None:
        self._secured = True
        if self._context is not None:
            self._transport = await self._loop.start_tls(self._transport, self, self._context, server_side=True)


async def _serve(port: int, delay: float, context: ssl.SSLContext | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(delay, context), "127.0.0.1", port, backlog=1000)
    await server.serve_forever()


def main(argv: list[str]) -> None:
    context = None
    if len(argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(argv[2])
    uvloop.run(_serve(int(argv[0]), int(argv[1]) / 1000, context))


@contextmanager
def running(delay_ms: int = 0, certificate: Path | None = None) -> Iterator[int]:
    """Its port. Without delay and certificate it is smtp-sink."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = subprocess.Popen(_command(port, delay_ms, certificate), cwd=ROOT)
    try:
        _wait(port)
        yield port
    finally:
        sink.terminate()
        sink.wait(10)


def program(name: str) -> str:
    """Where one of Postfix's programs is."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        sys.exit(f"{name} is missing: install Postfix (apt-get install postfix) for this measurement.")
    return found


def _command(port: int, delay_ms: int, certificate: Path | None) -> list[str]:
    if delay_ms or certificate:
        return [
            sys.executable,
            "-m",
            "bench.sink",
            str(port),
            str(delay_ms),
            *([str(certificate)] if certificate else []),
        ]
    # Root has to say whom it becomes instead.
    return [program("smtp-sink"), *(["-u", "nobody"] if os.geteuid() == 0 else []), f"inet:127.0.0.1:{port}", "1000"]


def _wait(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("the sink does not start")


if __name__ == "__main__":
    main(sys.argv[1:])
