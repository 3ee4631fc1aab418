"""What passes between a channel and a service: an account, a mail, the request that carries it, and what was said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from accounts.egress.fetching import Answer
from delivery.content import Parts
from delivery.replies import Stage


@dataclass(frozen=True, slots=True)
class Account:
    """With which a service knows us. Equal ones may share connections; a new key makes another one."""

    service: str
    url: str
    user: str
    key: str = field(repr=False)
    options: tuple[tuple[str, str], ...] = ()

    def option(self, name: str) -> str:
        return dict(self.options).get(name, "")


@dataclass(frozen=True, slots=True)
class Mail:
    """`mark`: our number of it, sealed, for the service to give back with its events."""

    recipient: str
    return_address: str
    mark: str
    build: Callable[[], bytes]
    parts: Callable[[], Parts]


@dataclass(frozen=True, slots=True)
class Request:
    """`repeats`: the service acts once on it, however often it comes. `about`: what reading the answer needs."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"
    repeats: bool = False
    about: Any = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A provider's answer in the codes of SMTP, which delivery.replies understands, and its own words."""

    code: int
    enhanced: str
    text: str
    wait_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    receipt: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """`ends`: whoever said it is in trouble, and a new connection is no bad idea."""

    stage: Stage
    said: Spoken
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived. `again`: the same request may bring an answer in a moment, where it `repeats`."""

    why: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing of it can have arrived."""

    why: str


Said = Taken | NotTaken | Unknown | NotSent


@dataclass(frozen=True, slots=True)
class Told:
    """What a service says of our account before any mail. `left` None: it does not say."""

    words: str
    left: int | None = None

    @classmethod
    def of_windows(cls, windows: Mapping[str, Mapping[str, Any]]) -> "Told":
        """`windows`: by their names in words ("today"), each with what is `used` of which `limit`, if it has one."""
        limits = {name: int(said["limit"]) for name, said in windows.items() if said.get("limit") is not None}
        left = {name: max(0, limit - int(windows[name]["used"])) for name, limit in limits.items()}
        if not left:
            return cls("It names no limit.")
        words = " and ".join(f"{count:,} of {limits[name]:,} {name}" for name, count in left.items())
        return cls(f"Mails that are left: {words}.", min(left.values()))


class Service(Protocol):
    """One account with one service."""

    def knock(self) -> Request:
        """A request that no mail can come of, whose answer says whether the key is good."""
        ...

    def rehearse(self, mail: Mail) -> Request | None:
        """A mail that the service looks at and does not send; None: it offers no such thing."""
        ...

    def ask_sender(self, address: str) -> Request | None:
        """Who may send; None: it does not say."""
        ...

    def allows(self, address: str, answer: Answer) -> bool:
        """Raises ValueError, KeyError, TypeError or AttributeError for what is no such answer."""
        ...

    def ask_quota(self) -> Request | None:
        """None: it does not say how much is left."""
        ...

    def quota(self, answer: Answer) -> Told:
        """Raises ValueError, KeyError, TypeError or AttributeError for what is no such answer."""
        ...

    def write(self, mail: Mail) -> Request:
        """Raises CannotCarry."""
        ...

    def read(self, request: Request, answer: Answer) -> Taken | NotTaken | Unknown: ...
