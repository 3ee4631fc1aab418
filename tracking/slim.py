"""The short addresses in a mail, answered before Django: no middleware, no session, no cookie, no insert.

A GET records an event and changes nothing else. The one POST is RFC 8058's unsubscribe: effective before it is
answered, never a redirect.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection

from accounts.reconnecting import BROKEN, again
from accounts.web_addresses import resolved
from delivery import tokens
from tracking import machines, recording, spool, unsubscribing
from tracking.addresses import OF_BATCH
from tracking.models import EventKind
from tracking.recipients import language, short_answers

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

PICTURE = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
_NOT_FOUND, _AWAY = short_answers.in_each_language()

_NO_STORE = ("Cache-Control", "no-store")
_QUIET = (("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"), ("X-Robots-Tag", "noindex"))
_HTML = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", "default-src 'none'"), _NO_STORE)

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # no stored address has any, and a header with one has two meanings
_LINKS_KEPT = 50_000
_READING = frozenset(("GET", "HEAD"))
# Paths that are mostly answered without the database, and the key of an environ that allows nothing else: on an event
# loop nobody may wait.
SHORT = ("/o/", "/c/")
AT_ONCE = "tallypost.at_once"


def mount(django_application: Application) -> Application:
    """Answer recipients' short addresses here and leave everything else to Django."""
    handlers = {"/o/": _open, "/c/": _click, "/u/": _one_click}

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        handler = handlers.get(path[:3])
        if handler is None or (handler is _one_click and not _is_one_click(environ, path)):
            return django_application(environ, start_response)
        return handler(environ, start_response, path[3:])

    return application


class MustWait(Exception):
    """An answer that needs the database or the whole request, asked for with AT_ONCE."""


def _open(environ: Environ, start_response: StartResponse, token: str) -> Iterable[bytes]:
    is_nameless = token.startswith(OF_BATCH)
    numbers = (
        tokens.read(tokens.OPEN_OF_BATCH, token[len(OF_BATCH) :]) if is_nameless else tokens.read(tokens.OPEN, token)
    )
    if numbers is None:
        return _page(environ, start_response, "404 Not Found", _NOT_FOUND)
    if not _is_reading(environ):
        return _refuse(start_response)
    _record(environ, EventKind.OPEN, numbers[0], 0, is_nameless=is_nameless)
    headers = [("Content-Type", "image/gif"), ("Content-Length", str(len(PICTURE))), _NO_STORE, *_QUIET]
    start_response("200 OK", headers)
    return [PICTURE] if environ["REQUEST_METHOD"] == "GET" else []


def _click(environ: Environ, start_response: StartResponse, token: str) -> Iterable[bytes]:
    is_nameless = token.startswith(OF_BATCH)
    numbers = (
        tokens.read(tokens.CLICK_OF_BATCH, token[len(OF_BATCH) :]) if is_nameless else tokens.read(tokens.CLICK, token)
    )
    if numbers is None:
        return _page(environ, start_response, "404 Not Found", _NOT_FOUND)
    if not _is_reading(environ):
        return _refuse(start_response)
    first, link_id = numbers
    try:
        target = _target(link_id, at_once=AT_ONCE in environ)
    except BROKEN:
        return _page(environ, start_response, "503 Service Unavailable", _AWAY)
    if target is None:
        return _page(environ, start_response, "404 Not Found", _NOT_FOUND)
    _record(environ, EventKind.CLICK, first, link_id, is_nameless=is_nameless)
    start_response("302 Found", [("Location", target), ("Content-Length", "0"), _NO_STORE, *_QUIET])
    return []


def _one_click(environ: Environ, start_response: StartResponse, token: str) -> Iterable[bytes]:
    """Reads nothing of the body: the address says all that RFC 8058 needs, and a slow body would hold a thread."""
    try:
        leaver = again(lambda: unsubscribing.recognise(token))
        if leaver is not None:
            found = leaver
            again(
                lambda: unsubscribing.leave(
                    found,
                    lists=None,
                    channel=unsubscribing.Channel.ONE_CLICK,
                    ip=environ.get("REMOTE_ADDR") or None,
                    user_agent=environ.get("HTTP_USER_AGENT", ""),
                )
            )
    except BROKEN:
        return _page(environ, start_response, "503 Service Unavailable", _AWAY)
    if leaver is None and tokens.read(tokens.UNSUBSCRIBE, token) is None:
        return _page(environ, start_response, "404 Not Found", _NOT_FOUND)
    body = b"Unsubscribed.\n"
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), _NO_STORE, *_QUIET]
    start_response("200 OK", headers)
    return [body]


def _record(environ: Environ, kind: EventKind, first: int, second: int, *, is_nameless: bool) -> None:
    """What is counted anonymously leaves no internet address behind, not even in the spool."""
    is_head = environ["REQUEST_METHOD"] == "HEAD"
    notes = ("", machines.HEAD) if not is_nameless else (spool.ANONYMOUS, spool.ANONYMOUS_HEAD)
    recording.record(
        kind,
        first,
        second,
        note=notes[is_head],
        ip="" if is_nameless else environ.get("REMOTE_ADDR", ""),
        user_agent=environ.get("HTTP_USER_AGENT", ""),
    )


_targets: dict[int, str] = {}


def _target(link_id: int, *, at_once: bool) -> str | None:
    """Where a link leads. Links never change, so what was looked up once stays, up to a bound. Raises MustWait."""
    target = _targets.get(link_id)
    if target is None:
        if at_once:
            raise MustWait
        target = again(lambda: _stored_target(link_id))
        if target is None:
            return None
        if len(_targets) >= _LINKS_KEPT:
            _targets.clear()
        _targets[link_id] = target
    return target


def _stored_target(link_id: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT url FROM tracking_link WHERE id = %s", [link_id])
        row = cursor.fetchone()
    return _safe(row[0]) if row else None


def _safe(url: str) -> str | None:
    """Where a browser would have gone for it, as a header may carry it; None for anything but a web address."""
    return None if _CONTROL.search(url) else resolved(url) or None


def _page(environ: Environ, start_response: StartResponse, status: str, pages: Mapping[str, bytes]) -> Iterable[bytes]:
    """In the reader's language, which is not told where all has to be answered at once. Raises MustWait."""
    if AT_ONCE in environ:
        raise MustWait
    body = pages[language.choose("", environ.get("HTTP_ACCEPT_LANGUAGE", ""))]
    start_response(status, [*_HTML, ("Content-Length", str(len(body))), *_QUIET])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    start_response("405 Method Not Allowed", [("Allow", "GET, HEAD"), ("Content-Length", "0"), *_QUIET])
    return []


def _is_one_click(environ: Environ, path: str) -> bool:
    """The page itself and its buttons, a level deeper, are Django's."""
    return environ["REQUEST_METHOD"] == "POST" and "/" not in path[3:]


def _is_reading(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] in _READING
