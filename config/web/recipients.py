"""Recipients' addresses, answered in the front's own processes: what is short on its loop, the rest on its threads.

No staff page can hold them up, and none of them can hold up another: their bodies have come before a thread is taken.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import IO, Any

from config.wsgi import recipients
from delivery import tokens
from tracking.public import slim

# Pictures and style sheets belong to their mails and pages.
PREFIXES = ("/o/", "/c/", "/u/", "/v/", "/f/", "/y/", "/g/", "/i/", "/static/")
SHORT = slim.SHORT
_THREADS = 4

_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="recipients")
_COMMON = {
    "SCRIPT_NAME": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "wsgi.errors": sys.stderr,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.url_scheme": "http",
    "wsgi.version": (1, 0),
}


def are_for(path: str) -> bool:
    return path.startswith(PREFIXES)


def wants_body(method: str, path: str) -> bool:
    """Sign-up forms; buttons of pages and what a site reports only with a token of ours.

    A one-click's body says nothing more.
    """
    if method != "POST":
        return False
    if path.startswith("/f/"):
        return True
    if path.startswith("/y/"):
        return tokens.read(tokens.CONFIRM, path[3:]) is not None
    if path.startswith("/g/"):
        return tokens.read(tokens.GOAL, path[3:]) is not None
    if not path.startswith("/u/"):
        return False
    token, _, button = path[3:].partition("/")
    return bool(button) and tokens.read(tokens.UNSUBSCRIBE, token) is not None


def answered_at_once(scope: Any, protocol: Any, path: str, reader: str, headers: Any) -> bool:
    """Whether this open or click could be answered where nobody may wait for the database."""
    try:
        said = slim.answer(scope.method, path, reader, headers.get, at_once=True)
    except slim.MustWait:
        return False
    _tell(protocol, *said)
    return True


async def answer(scope: Any, protocol: Any, body: IO[bytes] | None, reader: str) -> None:
    environ = _environ(scope, reader)
    environ["wsgi.input"] = body or BytesIO()
    environ["CONTENT_LENGTH"] = str(_length(body))
    loop = asyncio.get_running_loop()
    _tell(protocol, *await loop.run_in_executor(_threads, _made, environ))


def _environ(scope: Any, reader: str) -> dict[str, Any]:
    environ = {
        **_COMMON,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": reader,
        "wsgi.file_wrapper": _File,
    }
    for name, value in scope.headers.items():
        if "_" in name:  # would be taken for the one with a hyphen
            continue
        key = "CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"
        if key in environ and key != "HTTP_HOST":
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    environ.pop("HTTP_CONTENT_LENGTH", None)
    return environ


def _length(body: IO[bytes] | None) -> int:
    if body is None:
        return 0
    length = body.seek(0, os.SEEK_END)
    body.seek(0)
    return length


class _File:
    """A file that Django answers with. The server sends it from the disk, as fast as it is read."""

    def __init__(self, file: IO[bytes], block_size: int = 8192) -> None:
        self.file = file
        self.block_size = block_size

    def __iter__(self) -> Iterable[bytes]:
        return iter(lambda: self.file.read(self.block_size), b"")

    def close(self) -> None:
        self.file.close()


def _made(environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes | str]:
    """Status, headers, and the body or the path of a file that holds it."""
    told: list[tuple[int, list[tuple[str, str]]]] = []
    chunks = recipients(environ, lambda status, headers, problem=None: told.append((int(status[:3]), headers)))
    if isinstance(chunks, list):
        return *told[-1], b"".join(chunks)
    try:
        body = _path(chunks, told) or b"".join(chunks)
    finally:
        close: Callable[[], None] = getattr(chunks, "close", lambda: None)
        close()
    return *told[-1], body


def _path(chunks: Iterable[bytes], told: list[tuple[int, list[tuple[str, str]]]]) -> str:
    """Of a whole file of at least some size; "" for anything else."""
    name = getattr(chunks.file, "name", "") if isinstance(chunks, _File) else ""
    return name if isinstance(name, str) and told[-1][0] == 200 and os.path.isfile(name) else ""


def _tell(protocol: Any, status: int, headers: list[tuple[str, str]], body: bytes | str) -> None:
    if isinstance(body, str):
        protocol.response_file(status, headers, body)
    elif body:
        protocol.response_bytes(status, headers, body)
    else:
        protocol.response_empty(status, headers)
