"""A transport that is not SMTP: a service that takes many letters a request, and answers for each of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from delivery.outcomes import Letter
from delivery.replies import Stage
from delivery.transports.base import CannotCarry, Channel, Feed
from delivery.transports.smtp.wire import Reply

BATCH = 10
SECONDS = 0.01


@dataclass
class Service:
    """What it `answer`s by address: None accepts; `is_silent`: which requests get no answer."""

    answer: Callable[[str], Reply | None] = lambda email: None
    is_silent: Callable[[int], bool] = lambda number: False
    requests: list[list[str]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0


@dataclass(frozen=True)
class Requests:
    """Equal for every turn, so that its channels are kept."""

    service: Service = field(hash=False)
    batch_size: int = BATCH

    async def open(self, gone: Callable[[Channel], None]) -> Channel:
        return _Channel(self.service, gone)

    def encode(self, letter: Letter) -> None:
        if letter.email.startswith("sms"):
            raise CannotCarry("unsupported", "The service takes mail only")
        letter.body = letter.email.encode()


class _Channel:
    """One request at a time."""

    def __init__(self, service: Service, gone: Callable[[Channel], None]) -> None:
        self.is_idle = False
        self.delivered = 0
        self._service = service
        self._gone = gone
        self._feed: Feed | None = None
        self._letters: list[Letter] = []
        self._retiring = False

    def begin(self, feed: Feed, *, messages: int) -> None:
        self._feed = feed
        self.is_idle = True
        self.wake()

    def wake(self) -> None:
        if not self.is_idle or self._feed is None:
            return
        while len(self._letters) < BATCH and (letter := self._feed.take()):
            self._letters.append(letter)
        if self._letters:
            self._post(self._feed)

    def retire(self) -> None:
        self._retiring = True
        if self.is_idle:
            self.abort("retired")

    def check(self, now: float) -> None:
        pass

    def abort(self, why: str) -> None:
        feed, letters = self._feed, self._letters
        self._feed, self._letters, self.is_idle = None, [], False
        if feed is None:
            return
        for letter in letters:
            feed.lost(letter, Stage.BODY, uncertain=letter.journal_no >= 0, blame=False, why=why)
        self._gone(self)
        feed.closed(self, why)

    def _post(self, feed: Feed) -> None:
        if not all(feed.begin(letter) for letter in self._letters):
            self.abort("stopped")
            return
        self.is_idle = False
        service = self._service
        service.requests.append([letter.email for letter in self._letters])
        service.at_once += 1
        service.most_at_once = max(service.most_at_once, service.at_once)
        asyncio.get_running_loop().call_later(SECONDS, self._hear, len(service.requests))

    def _hear(self, number: int) -> None:
        self._service.at_once -= 1
        feed, letters = self._feed, self._letters
        if feed is None:
            return
        if self._service.is_silent(number):
            self.abort("the request was not answered")
            return
        self._letters = []
        for letter in letters:
            refusal = self._service.answer(letter.email)
            if refusal is None:
                self.delivered += 1
                feed.accepted(letter, f"<{letter.email}.{number}@service>")
            else:
                feed.refused(letter, Stage.RCPT, refusal)
        self.is_idle = True
        if self._retiring:
            self.abort("retired")
        else:
            self.wake()
