"""Bodies of requests: taken in on the front's loop, within a deadline and a size, before any thread works on them."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from typing import IO, Any

from config.web.waiting import BODY_SECONDS, UPLOAD_IDLE_SECONDS, UPLOAD_SECONDS

FORM_BYTES = 2**20  # of any page of staff's but those that take uploads
RECIPIENT_BYTES = 32 * 2**10  # a recipient's page has buttons, or a form of some lines

Limit = Callable[[], Awaitable[int]]


class TooLarge(Exception):
    """More than this view takes; `limit` in bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class TooSlow(Exception):
    """It did not come in time."""


async def take(protocol: Any, declared: str | None, *, most: int, more: Limit | None = None) -> IO[bytes]:
    """The whole body, in memory up to `most` and in a file of no name beyond, which the caller closes.

    `more` is asked once, when it is larger than `most`: how large may it be from whom sends it? `declared` is the
    length that the head names, if any. Raises TooLarge before anything is read when that is too much already.
    """
    limit = most
    if declared and declared.isdecimal() and int(declared) > limit:
        limit = await _wider(more, limit)
        if int(declared) > limit:
            raise TooLarge(limit)
    body = tempfile.SpooledTemporaryFile(max_size=most)  # noqa: SIM115  # the caller closes it
    try:
        await _fill(body, protocol, limit, most, more)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


async def _fill(body: IO[bytes], protocol: Any, limit: int, most: int, more: Limit | None) -> None:
    loop = asyncio.get_running_loop()
    began, taken, pieces = loop.time(), 0, aiter(protocol)
    while True:
        until = began + (UPLOAD_SECONDS if limit > most else BODY_SECONDS)
        if limit > most:
            until = min(until, loop.time() + UPLOAD_IDLE_SECONDS)
        try:
            async with asyncio.timeout_at(until):
                piece = await pieces.__anext__()  # not anext(…, b""): what that makes cannot be interrupted
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise TooSlow from None
        taken += len(piece)
        if taken > limit:
            if limit == most:
                limit = await _wider(more, limit)
            if taken > limit:
                raise TooLarge(limit)
        body.write(piece)


async def _wider(more: Limit | None, limit: int) -> int:
    return max(limit, await more()) if more else limit
