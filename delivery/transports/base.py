"""What the engine knows of the ways to a provider: letters go in, and of each it is told what became of it.

A transport opens channels; each stands on a slot, of which the provider allows so many at a time over all workers: a
connection of SMTP, or one of the requests at a time of an HTTP interface. A channel takes letters from its feed
whenever it has room, one or a whole request's worth, and owes the feed exactly one word on each:

- `begin` of every letter before the first byte that could deliver it is written; False forbids it;
- then `accepted`, `refused` or `lost`. A request that was begun and got no answer may have arrived: each of its letters
  is lost, uncertain, and never sent again by itself.
"""

from collections.abc import Callable
from typing import Protocol

from delivery.outcomes import Letter
from delivery.replies import Stage


class Answer(Protocol):
    """What a provider said. Interfaces that speak no SMTP word it by SMTP's codes, which `replies` understands."""

    @property
    def code(self) -> int: ...

    @property
    def enhanced(self) -> str:
        """The RFC 3463 code, or nothing."""
        ...

    @property
    def text(self) -> str: ...

    @property
    def wait_seconds(self) -> float:
        """Until it takes anything again, whoever it is for; 0: it says nothing of the kind."""
        ...


class Feed(Protocol):
    """Where a channel gets its letters from, and whom it tells what became of them."""

    def take(self) -> Letter | None:
        """The next one, encoded and granted; None: nothing now."""

    def begin(self, letter: Letter) -> bool:
        """It goes out next; False forbids it, and the channel closes without having delivered it."""

    def accepted(self, letter: Letter, receipt: str = "") -> None:
        """`receipt`: by which the provider knows it, where later events name that instead of our Message-ID."""

    def chained(self, letter: Letter, following: Letter) -> bool:
        """`accepted` of one and `begin` of the next at the same moment, where that is cheaper than each by itself."""

    def refused(self, letter: Letter, stage: Stage, answer: Answer) -> None: ...

    def lost(
        self, letter: Letter, stage: Stage, *, uncertain: bool, blame: bool, why: str, said: Answer | None = None
    ) -> None:
        """The channel is gone under it; uncertain: it may have arrived; blame: it may be the cause.

        `said`: what the server said when it ended the connection.
        """

    def closed(self, channel: "Channel", why: str) -> None: ...


class Channel(Protocol):
    """An open way to a provider. Nothing in it waits: everything happens when something arrives, in the event loop."""

    @property
    def is_idle(self) -> bool:
        """Open, and waiting for something to take."""
        ...

    @property
    def delivered(self) -> int:
        """Letters accepted over its life."""
        ...

    def begin(self, feed: Feed, *, messages: int) -> None:
        """Hand over what `feed` gives, at most `messages` over its life."""

    def wake(self) -> None:
        """There may be something to take again."""

    def retire(self) -> None:
        """Take nothing more; close when what is under way is settled."""

    def check(self, now: float) -> None:
        """Called every now and then: close if an answer is overdue."""

    def abort(self, why: str) -> None:
        """Close at once; what is under way is lost."""


class Transport(Protocol):
    """How to reach one provider, as it is set up now. Channels of equal transports may be used for each other."""

    @property
    def batch_size(self) -> int:
        """How many letters a channel hands over in one go."""
        ...

    async def open(self, gone: Callable[[Channel], None]) -> Channel:
        """Ready to carry mail; `gone` is called when it closes, whoever closed it. Raises CannotOpen."""
        ...

    def encode(self, letter: Letter) -> None:
        """Write the letter as its channels carry it. Raises CannotCarry, or whatever its content raises."""


class CannotOpen(Exception):
    """The provider cannot be used now. `stage` says how far we came, `answer` what it said, if anything."""

    def __init__(self, stage: Stage, why: str, answer: Answer | None = None) -> None:
        super().__init__(why)
        self.stage = stage
        self.why = why
        self.answer = answer


class CannotCarry(Exception):
    """This letter cannot leave by this transport, however often it is tried."""

    def __init__(self, category: str, words: str) -> None:
        super().__init__(words)
        self.category = category
        self.words = words
