"""Staff pages: handed on to the processes that make them, over a Unix socket, one connection a request.

By HTTP/1.0, so that an answer ends where its connection does. A slow reader holds none of those processes: what they
answer is taken from them as fast as they make it.
"""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from config import services

_ROOT = Path(__file__).resolve().parent.parent.parent
UPLOAD_HEADER = "x-tallypost-upload-limit"
_OF_ONE_CONNECTION = frozenset(
    (
        *("connection", "content-length", "expect", "keep-alive", "proxy-connection", "te", "trailer"),
        *("transfer-encoding", "upgrade", "x-forwarded-for", "server", "date"),
    )
)
_IN_PATHS = "/:@!$&'()*+,;=~"
_PIECE = 2**16
_AT_ONCE = 2**20  # a longer answer is passed on while it is made
_BEGINS_WITHIN = 10  # seconds, while it restarts
_ANSWERS_WITHIN = 300


class Away(Exception):
    """Nobody answers at the socket, or not to the end."""


def socket_path(var: Path | None = None) -> Path:
    """Where they listen; elsewhere when the var folder's path is too long for a socket's."""
    return services.socket_of((var or Path(os.environ.get("TALLYPOST_VAR", _ROOT / "var"))).absolute(), "staff")


async def hand_on(scope: Any, protocol: Any, body: IO[bytes] | None, reader: str) -> None:
    """The answer goes to `protocol`. Raises Away as long as nothing was answered."""
    incoming, outgoing = await _ask(scope, scope.method, body, reader)
    try:
        status, headers = await _head(incoming)
        begun = await _up_to(incoming, _AT_ONCE)
        if len(begun) < _AT_ONCE:
            declared = next((int(value) for name, value in headers if name == "content-length"), len(begun))
            if scope.method != "HEAD" and len(begun) < declared:
                raise Away
            kept = [(name, value) for name, value in headers if name not in _OF_ONE_CONNECTION]
            if scope.method == "HEAD":
                protocol.response_empty(status, [*kept, ("content-length", str(declared))])
            else:
                protocol.response_bytes(status, kept, begun)
            return
        passed = [(name, value) for name, value in headers if name not in _OF_ONE_CONNECTION]
        stream = protocol.response_stream(status, passed)
        while begun:
            await stream.send_bytes(begun)
            begun = await incoming.read(_PIECE)
    finally:
        outgoing.close()


async def upload_limit(scope: Any, reader: str) -> int:
    """Bytes that the person who sends this request may upload to its address; 0 for everybody else."""
    incoming, outgoing = await _ask(scope, "OPTIONS", None, reader)
    try:
        _, headers = await _head(incoming)
    finally:
        outgoing.close()
    return next((int(value) for name, value in headers if name == UPLOAD_HEADER), 0)


async def _ask(
    scope: Any, method: str, body: IO[bytes] | None, reader: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    incoming, outgoing = await _connected()
    try:
        outgoing.write(_request(scope, method, body, reader))
        while body and (piece := body.read(_PIECE)):
            outgoing.write(piece)
            await outgoing.drain()
    except ConnectionError:
        pass  # it answers before it has read all, or is away: the answer tells
    except BaseException:
        outgoing.close()
        raise
    return incoming, outgoing


async def _connected() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    until = loop.time() + _BEGINS_WITHIN
    while True:
        try:
            return await asyncio.open_unix_connection(str(socket_path()))
        except OSError as problem:
            if loop.time() > until:
                raise Away from problem
            await asyncio.sleep(0.1)


def _request(scope: Any, method: str, body: IO[bytes] | None, reader: str) -> bytes:
    target = quote(scope.path, safe=_IN_PATHS) + (f"?{scope.query_string}" if scope.query_string else "")
    # A name with an underscore would be taken for the one with a hyphen.
    passed = ((name, value) for name, value in scope.headers.items() if "_" not in name)
    headers = [(name, value) for name, value in passed if name not in _OF_ONE_CONNECTION]
    if scope.authority:
        headers = [("host", scope.authority), *(header for header in headers if header[0] != "host")]
    headers.append(("x-forwarded-for", reader))
    if body is not None:
        length = body.seek(0, os.SEEK_END)
        body.seek(0)
        headers.append(("content-length", str(length)))
    lines = [f"{method} {target} HTTP/1.0", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("utf-8", "replace")


async def _head(incoming: asyncio.StreamReader) -> tuple[int, list[tuple[str, str]]]:
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN):
            head = await incoming.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ", 2)[1])
    except (OSError, EOFError, ValueError, IndexError, asyncio.LimitOverrunError) as problem:
        raise Away from problem
    pairs = (line.partition(":") for line in lines if line)
    return status, [(name.strip().lower(), value.strip()) for name, _, value in pairs]


async def _up_to(incoming: asyncio.StreamReader, most: int) -> bytes:
    pieces, size = [], 0
    with suppress(ConnectionError):
        while size < most and (piece := await incoming.read(_PIECE)):
            pieces.append(piece)
            size += len(piece)
    return b"".join(pieces)
