"""One connection to a web interface and one request at a time over it; waiting is done in a thread of the channel's.

What was written as a whole and got no answer may have arrived. The same request goes out again only where the service
promises to act on it once; whatever is still without an answer then is uncertain.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from accounts.egress import failures, fetching
from accounts.egress.fetching import NoAnswer
from accounts.egress.guard import Refused
from accounts.egress.line import Line
from delivery.outcomes import Letter
from delivery.replies import Stage
from delivery.transports.api.forms import NotSent, NotTaken, Request, Said, Service, Taken, Unknown
from delivery.transports.base import CannotOpen, Channel, Feed

CONNECT_SECONDS = 20.0
REQUEST_SECONDS = 60.0
_REPEATED = 3  # times that a request is made which the service acts on once
_PAUSE_SECONDS = 1.0
_GRACE_SECONDS = 5.0


class RequestChannel:
    def __init__(self, connection: Line, service: Service, request_seconds: float) -> None:
        self.is_idle = False
        self.delivered = 0
        self.gone: Callable[[Channel], None] | None = None
        self._line = connection
        self._service = service
        self._seconds = request_seconds
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="request")
        self._ended = threading.Event()
        self._feed: Feed | None = None
        self._left = 0
        self._letter: Letter | None = None
        self._retiring = False
        self._is_open = True
        self._deadline = float("inf")

    async def connect(self) -> None:
        """Raises CannotOpen."""
        try:
            await self._loop.run_in_executor(self._thread, self._line.open, CONNECT_SECONDS)
        except (Refused, NoAnswer, OSError) as problem:
            self._close()
            raise CannotOpen(Stage.CONNECT, failures.why(problem)) from problem
        except asyncio.CancelledError:
            self._close()
            raise

    def begin(self, feed: Feed, *, messages: int) -> None:
        self._feed = feed
        self._left = messages - self.delivered
        self.is_idle = True
        self.wake()

    def wake(self) -> None:
        feed = self._feed
        if not self.is_idle or not self._is_open or feed is None:
            return
        letter = feed.take() if self._left > 0 else None
        if letter is None:
            if self._left <= 0:
                self.retire()
            return
        self.is_idle = False
        self._letter = letter
        if not feed.begin(letter):
            self.abort("stopped")
            return
        self._left -= 1
        self._deadline = self._loop.time() + self._seconds + _GRACE_SECONDS
        request, letter.request = letter.request, None
        asked = self._loop.run_in_executor(self._thread, self._exchange, request)
        asked.add_done_callback(lambda done: self._hear(feed, letter, done))

    def retire(self) -> None:
        self._retiring = True
        if self.is_idle:
            self.abort("closed by us")

    def check(self, now: float) -> None:
        if now > self._deadline:
            self.abort("the provider did not answer in time")

    def abort(self, why: str) -> None:
        if not self._is_open:
            return
        self._close()
        feed, letter = self._feed, self._letter
        self._feed = self._letter = None
        if self.gone is not None:
            self.gone(self)
        if feed is None:
            return
        if letter is not None:
            begun = letter.journal_no >= 0
            feed.lost(letter, Stage.BODY if begun else Stage.MAIL, uncertain=begun, blame=begun, why=why)
        feed.closed(self, why)

    def _hear(self, feed: Feed, letter: Letter, done: "asyncio.Future[Said]") -> None:
        if not self._is_open:
            return
        self._deadline = float("inf")
        said: Said = Unknown(f"a fault of ours: {done.exception()!r}") if done.exception() else done.result()
        self._letter = None
        if isinstance(said, Taken):
            self.delivered += 1
            feed.accepted(letter, said.receipt)
            self._go_on()
        elif isinstance(said, NotTaken):
            feed.refused(letter, said.stage, said.said)
            if said.ends:
                self.abort(said.said.text)
            else:
                self._go_on()
        else:
            is_uncertain = isinstance(said, Unknown)
            stage = Stage.BODY if is_uncertain else Stage.CONNECT
            feed.lost(letter, stage, uncertain=is_uncertain, blame=False, why=said.why)
            self.abort(said.why)

    def _go_on(self) -> None:
        if not self._is_open:
            return
        self.is_idle = True
        if self._retiring:
            self.abort("closed by us")
        else:
            self.wake()

    def _close(self) -> None:
        self._is_open = False
        self.is_idle = False
        self._deadline = float("inf")
        self._ended.set()
        self._line.cut()
        self._thread.submit(self._line.close)
        self._thread.shutdown(wait=False)

    # In the thread

    def _exchange(self, request: Request) -> Said:
        tries = _REPEATED if request.repeats else 1
        unknown: Unknown | None = None
        for number in range(tries):
            if number and self._ended.wait(_PAUSE_SECONDS):
                break
            said = self._ask(request, self._seconds / tries)
            if isinstance(said, Unknown):
                unknown = said
                if not said.again:
                    break
            elif isinstance(said, NotSent) and unknown is not None:
                break
            else:
                return said
        return unknown or NotSent("the channel was closed")

    def _ask(self, request: Request, seconds: float) -> Said:
        try:
            answer = self._line.ask(request.method, request.url, request.headers, request.body, seconds)
        except (Refused, fetching.NotSent) as problem:
            return NotSent(str(problem))
        except NoAnswer as problem:
            return Unknown(str(problem), again=True)
        return self._service.read(request, answer)
