"""Providers' reports: the feedback process answers them. Here the address is asked about first; then a bounded body is
taken in, and handed over whole.

So a flood or a slow sender keeps nobody but other providers waiting, and only so many bodies are in memory at a time.
"""

import asyncio
import time
from typing import Any

from django.conf import settings

from config.web import bodies
from delivery.feedback.webhooks import receiving, serving
from delivery.feedback.webhooks.receiving import Answer
from delivery.feedback.webhooks.request import MOST_BYTES
from delivery.feedback.webhooks.serving import Question

_BODIES = 8  # of 2 MB at most, in each process
_ASKED = 32  # at a time, of each process
_PATIENCE_SECONDS = 10
_ANSWERS_WITHIN = 30  # seconds

_THERE_SECONDS, _MOST_THERE = 5, 1_000

_there: dict[str, float] = {}  # addresses, and until when they need not be asked about
_places, _line = asyncio.Semaphore(_BODIES), asyncio.Semaphore(_ASKED)
_HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex")]


def are_for(path: str) -> bool:
    return path.startswith(receiving.PATH)


async def answer(scope: Any, protocol: Any) -> None:
    found = await _found(scope.path)
    if found != receiving.OK or scope.method in ("GET", "HEAD"):  # consoles look whether anybody is there
        _tell(protocol, scope, found)
    elif scope.method != "POST":
        _tell(protocol, scope, receiving.NOT_ALLOWED)
    else:
        _tell(protocol, scope, await _taken(scope, protocol))


async def _found(path: str) -> Answer:
    """What was there a moment ago is there: whoever takes the body looks again."""
    if _there.get(path, 0) > time.monotonic():
        return receiving.OK
    found = await _ask(Question(serving.FIND, path, {}))
    if found == receiving.OK:
        if len(_there) >= _MOST_THERE:
            _there.clear()
        _there[path] = time.monotonic() + _THERE_SECONDS
    return found


async def _taken(scope: Any, protocol: Any) -> Answer:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await _places.acquire()
    except TimeoutError:
        return receiving.AWAY
    try:
        body = await bodies.take(protocol, scope.headers.get("content-length"), most=MOST_BYTES)
        with body:
            return await _ask(Question(serving.TAKE, scope.path, _headers(scope), body.read()))
    except bodies.TooLarge:
        return await _ask(Question(serving.TOO_LARGE, scope.path, {}))
    finally:
        _places.release()


def _headers(scope: Any) -> dict[str, str]:
    """The last of several: nobody signs twice."""
    return {name.lower(): value for name, value in scope.headers.items()}


async def _ask(question: Question) -> Answer:
    """AWAY also while nobody is there to answer: the provider comes again."""
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN), _line:
            incoming, outgoing = await asyncio.open_unix_connection(settings.WEBHOOKS_SOCKET)
            try:
                outgoing.write(question.packed())
                outgoing.write_eof()
                return serving.unpacked(await incoming.read())
            finally:
                outgoing.close()
    except (OSError, TimeoutError, ValueError):
        return receiving.AWAY


def _tell(protocol: Any, scope: Any, answer: Answer) -> None:
    headers = [*_HEADERS, *answer.headers]
    if answer.status >= 400:
        headers.append(("Connection", "close"))  # what is left of a body would be taken for the next request
    if scope.method == "HEAD":
        protocol.response_empty(answer.status, headers)
    else:
        protocol.response_str(answer.status, headers, answer.words)
