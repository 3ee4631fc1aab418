"""Providers' reports, answered in the front's own processes: the address first, then a bounded body, then the rest.

Threads of their own, so that no flood of reports holds up a recipient; and so many bodies in memory at a time.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from config.web import bodies
from delivery.feedback.webhooks import receiving
from delivery.feedback.webhooks.receiving import Answer, Door
from delivery.feedback.webhooks.request import MOST_BYTES

_THREADS = 2
_BODIES = 8  # of 2 MB at most, in each process
_PATIENCE_SECONDS = 10

_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="webhooks")
_places = asyncio.Semaphore(_BODIES)
_HEADERS = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), ("X-Robots-Tag", "noindex")]


def are_for(path: str) -> bool:
    return path.startswith(receiving.PATH)


async def answer(scope: Any, protocol: Any) -> None:
    door = await _on_thread(receiving.find, scope.path)
    if isinstance(door, Answer):
        _tell(protocol, scope, door)
    elif scope.method in ("GET", "HEAD"):  # consoles look whether anybody is there
        _tell(protocol, scope, receiving.OK)
    elif scope.method != "POST":
        _tell(protocol, scope, receiving.NOT_ALLOWED)
    else:
        _tell(protocol, scope, await _taken(scope, protocol, door))


async def _taken(scope: Any, protocol: Any, door: Door) -> Answer:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await _places.acquire()
    except TimeoutError:
        return receiving.AWAY
    try:
        body = await bodies.take(protocol, scope.headers.get("content-length"), most=MOST_BYTES)
        with body:
            taken: Answer = await _on_thread(receiving.receive, door, _headers(scope), body.read())
            return taken
    except bodies.TooLarge:
        words = f"It was larger than {MOST_BYTES // 2**20} MB. Have the provider send fewer events at a time."
        await _on_thread(receiving.refuse, door, words)
        return receiving.TOO_LARGE
    finally:
        _places.release()


def _headers(scope: Any) -> dict[str, str]:
    """The last of several: nobody signs twice."""
    return {name.lower(): value for name, value in scope.headers.items()}


async def _on_thread(work: Any, *given: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *given)


def _tell(protocol: Any, scope: Any, answer: Answer) -> None:
    headers = [*_HEADERS, *answer.headers]
    if answer.status >= 400:
        headers.append(("Connection", "close"))  # what is left of a body would be taken for the next request
    if scope.method == "HEAD":
        protocol.response_empty(answer.status, headers)
    else:
        protocol.response_str(answer.status, headers, answer.words)
