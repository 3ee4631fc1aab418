"""The RSGI callable behind the public port.

Heads and idle connections have their deadline in the server below; bodies have theirs here. Recipients are answered
in this process, staff pages come from others: see docs/running.md.
"""

import logging
import os
from typing import IO, Any
from uuid import uuid4

from config import proxies
from config.web import answers, bodies, recipients, shortcut, staff, webhooks

logger = logging.getLogger(__name__)

_reader = proxies.reader(os.environ.get("TRUSTED_PROXIES", "127.0.0.1"))
_BODILESS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))


async def application(scope: Any, protocol: Any) -> None:
    if answered_at_once(scope, protocol):
        return
    try:
        await _answer(scope, protocol)
    except bodies.TooLarge as problem:
        answers.too_large(protocol, problem.limit)
    except bodies.TooSlow:
        answers.too_slow(protocol)
    except staff.Away:
        answers.away(protocol)
    except Exception:
        _failed(protocol)


def answered_at_once(scope: Any, protocol: Any) -> bool:
    """Whether this was an open or a click whose answer needs no database, and is given."""
    path = scope.path
    if not path.startswith(recipients.SHORT):
        return False
    try:
        headers = scope.headers  # made anew whenever it is asked for
        return recipients.answered_at_once(scope, protocol, path, _reader_of(scope, headers), headers)
    except Exception:
        _failed(protocol)
        return True


shortcut.open_for(answered_at_once)


def _failed(protocol: Any) -> None:
    number = uuid4().hex[:12]
    logger.exception("The front could not answer request %s.", number)
    answers.failed(protocol, number)


async def _answer(scope: Any, protocol: Any) -> None:
    reader = _reader_of(scope, scope.headers)
    if recipients.are_for(scope.path):
        body = None
        if recipients.wants_body(scope.method, scope.path):
            declared = scope.headers.get("content-length")
            body = await bodies.take(protocol, declared, most=bodies.RECIPIENT_BYTES)
        await _closing(body, recipients.answer(scope, protocol, body, reader))
        return
    if webhooks.are_for(scope.path):
        await webhooks.answer(scope, protocol)
        return
    body = await _staff_s_body(scope, protocol, reader)
    await _closing(body, staff.hand_on(scope, protocol, body, reader))


def _reader_of(scope: Any, headers: Any) -> str:
    forwarded = None
    if "x-forwarded-for" in headers:
        forwarded = ", ".join(value for name, value in headers.items() if name == "x-forwarded-for")
    return _reader(scope.client.rpartition(":")[0].strip("[]"), forwarded)


async def _closing(body: IO[bytes] | None, work: Any) -> None:
    try:
        await work
    finally:
        if body is not None:
            body.close()


async def _staff_s_body(scope: Any, protocol: Any, reader: str) -> IO[bytes] | None:
    if scope.method in _BODILESS:
        return None
    return await bodies.take(
        protocol,
        scope.headers.get("content-length"),
        most=bodies.FORM_BYTES,
        more=lambda: staff.upload_limit(scope, reader),
    )
