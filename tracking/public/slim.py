"""The short addresses in a mail, answered before Django: no middleware, no session, no cookie, no insert.

What stands here runs for every open and click, in processor time that a thousand readers at once share: constants are
made once, and nothing is looked up twice. A GET records an event and changes nothing else. The one POST is RFC 8058's
unsubscribe: effective before it is answered, never a redirect.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.db import connection

from accounts.database.reconnecting import BROKEN, again
from accounts.shell import plain_page
from accounts.web_addresses import resolved
from delivery import tokens
from tracking import unsubscribing
from tracking.conversions import signs
from tracking.models import EventKind
from tracking.public import recording, spool
from tracking.public.addresses import HIDDEN_LINK, OF_BATCH
from tracking.recipients import language, short_answers

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Header = Callable[[str], str | None]  # of a request, by its name in lower case
Answer = tuple[int, list[tuple[str, str]], bytes]  # status, headers, body; shared between requests, never changed

PICTURE = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
_NOT_FOUND, _AWAY = short_answers.in_each_language()
_NOTHING_HERE = plain_page.of(
    "Nothing to see here", "No person sees the link that leads here. It tells people from programs that check mails."
).encode()

_NO_STORE = ("Cache-Control", "no-store")
_AS_SAID = ("X-Content-Type-Options", "nosniff")
_QUIET = (("Referrer-Policy", "no-referrer"), _AS_SAID, ("X-Robots-Tag", "noindex"))
_HTML = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", "default-src 'none'"), _NO_STORE)

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # no stored address has any, and a header with one has two meanings
_LINKS_KEPT = 50_000
_READING = frozenset(("GET", "HEAD"))
# Headers by which a browser says that it loads ahead of its person: "prefetch", "prerender", "preview".
AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")
SHORT = ("/o/", "/c/")  # paths of opens and clicks, which are mostly answered without the database

_REFUSED: Answer = (405, [("Allow", "GET, HEAD"), ("Content-Length", "0"), *_QUIET], b"")
# Nothing leads on from a picture of one pixel: each header that would do nothing costs every open its time.
_PIXEL: Answer = (
    200,
    [("Content-Type", "image/gif"), ("Content-Length", str(len(PICTURE))), _NO_STORE, _AS_SAID],
    PICTURE,
)
_PIXEL_S_HEAD: Answer = (200, _PIXEL[1], b"")
_OPEN, _CLICK = int(EventKind.OPEN), int(EventKind.CLICK)


def mount(django_application: Application) -> Application:
    """Answer recipients' short addresses here and leave everything else to Django."""

    def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(SHORT):
            method, reader = environ["REQUEST_METHOD"], environ.get("REMOTE_ADDR", "")
            return _told(start_response, answer(method, path, reader, _header_of(environ)))
        if path.startswith("/u/") and _is_one_click(environ, path):
            return _one_click(environ, start_response, path[3:])
        return django_application(environ, start_response)

    return application


class MustWait(Exception):
    """An answer that needs the database, asked for at once."""


def answer(method: str, path: str, reader: str, header: Header, *, at_once: bool = False) -> Answer:
    """To an open or a click. `at_once`: raises MustWait where only the database knows, for callers who may not wait."""
    purpose = tokens.OPEN if path[1] == "o" else tokens.CLICK
    is_nameless = path.startswith(OF_BATCH, 3)
    numbers = _of_batch(purpose, path) if is_nameless else tokens.read(purpose, path[3:])
    if numbers is None:
        return _not_found(method, header)
    if method not in _READING:
        return _REFUSED
    if is_nameless:
        reader = ""  # no internet address is left behind, not even in the spool
    if purpose == tokens.OPEN:
        _record(_OPEN, numbers[0], 0, _note(method, header, is_nameless), reader, header)
        return _PIXEL if method == "GET" else _PIXEL_S_HEAD
    message_id, link_id = numbers
    if link_id == HIDDEN_LINK and not is_nameless:
        _record(_CLICK, message_id, link_id, "head" if method == "HEAD" else "hidden", reader, header)
        return _page(method, 200, _NOTHING_HERE)
    try:
        there = _targets.get(link_id) or _looked_up(link_id, at_once=at_once)
    except BROKEN:
        return _page(method, 503, _in_language(_AWAY, header))
    if there is None:
        return _not_found(method, header)
    _record(_CLICK, message_id, link_id, _note(method, header, is_nameless), reader, header)
    return _signed(there, message_id) if link_id in _with_sign and not is_nameless else there


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
        return _told(start_response, _page("POST", 503, _in_language(_AWAY, _header_of(environ))))
    if leaver is None and tokens.read(tokens.UNSUBSCRIBE, token) is None:
        return _told(start_response, _not_found("POST", _header_of(environ)))
    is_test = leaver is None and unsubscribing.is_of_a_test(token)
    body = b"This was a test: nothing was changed.\n" if is_test else unsubscribing.answered(leaver).encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), _NO_STORE, *_QUIET]
    start_response("200 OK", headers)
    return [body]


def _of_batch(purpose: str, path: str) -> tuple[int, ...] | None:
    """The batch, and the link of a click, of an address that is the same in everybody's mail."""
    of_batch = tokens.OPEN_OF_BATCH if purpose == tokens.OPEN else tokens.CLICK_OF_BATCH
    return tokens.read(of_batch, path[3 + len(OF_BATCH) :])


def _record(kind: int, first: int, second: int, note: str, reader: str, header: Header) -> None:
    recording.record(kind, first, second, note=note, ip=reader, user_agent=header("user-agent") or "")


def _note(method: str, header: Header, is_nameless: bool) -> str:
    """What only the request itself shows; tracking.scoring.requests reads it."""
    note = "head" if method == "HEAD" else ""
    for name in AHEAD:
        said = header(name)
        if not note and said and "pre" in said:
            note = "prefetch"
    return f"{spool.ANONYMOUS} {note}" if is_nameless else note


_targets: dict[int, Answer] = {}
_with_sign: set[int] = set()


def _signed(there: Answer, message_id: int) -> Answer:
    """The same way, with the sign by which the organisation's own site can say what came of the click."""
    status, [(name, target), *others], body = there
    return status, [(name, signs.added(target, message_id)), *others], body


def _looked_up(link_id: int, *, at_once: bool) -> Answer | None:
    """Where a link leads. Links never change, so what was looked up once stays, up to a bound. Raises MustWait."""
    if at_once:
        raise MustWait
    target, is_signed = again(lambda: _stored_target(link_id))
    if target is None:
        return None
    if len(_targets) >= _LINKS_KEPT:
        _targets.clear()
        _with_sign.clear()
    if is_signed:
        _with_sign.add(link_id)
    _targets[link_id] = there = (302, [("Location", target), ("Content-Length", "0"), _NO_STORE, *_QUIET], b"")
    return there


def _stored_target(link_id: int) -> tuple[str | None, bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, is_signed FROM tracking_link WHERE id = %s", [link_id])
        row = cursor.fetchone()
    return (_safe(row[0]), row[1]) if row else (None, False)


def _safe(url: str) -> str | None:
    """Where a browser would have gone for it, as a header may carry it; None for anything but a web address."""
    return None if _CONTROL.search(url) else resolved(url) or None


def _not_found(method: str, header: Header) -> Answer:
    return _page(method, 404, _in_language(_NOT_FOUND, header))


def _in_language(pages: Mapping[str, bytes], header: Header) -> bytes:
    return pages[language.choose("", header("accept-language") or "")]


def _page(method: str, status: int, body: bytes) -> Answer:
    return status, [*_HTML, ("Content-Length", str(len(body))), *_QUIET], b"" if method == "HEAD" else body


def _told(start_response: StartResponse, said: Answer) -> Iterable[bytes]:
    status, headers, body = said
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body] if body else []


def _header_of(environ: Environ) -> Header:
    return lambda name: environ.get(f"HTTP_{name.upper().replace('-', '_')}")


def _is_one_click(environ: Environ, path: str) -> bool:
    """The page itself and its buttons, a level deeper, are Django's."""
    return environ["REQUEST_METHOD"] == "POST" and "/" not in path[3:]
