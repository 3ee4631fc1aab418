"""The providers that report to us: how each proves itself and is read, and what staff enter and do."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from delivery.feedback.forms import Heard
from delivery.feedback.webhooks.request import Request

_FILE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that staff copy from the provider's console."""

    name: str
    label: str
    help: str


@dataclass(frozen=True, slots=True)
class Kind:
    key: str
    name: str
    is_signed: bool
    keys: tuple[Key, ...]
    steps: tuple[str, ...]
    list_keys: tuple[Key, ...]  # with which its own list of suppressions is read; none: that cannot be
    loses: str  # what of its mail cannot be recognised; "" for nothing

    def check(self, request: Request, keys: dict[str, Any], now: datetime) -> None:
        """Raises Refused or NotNow."""
        self._module.check(request, keys, now)

    def read(self, request: Request) -> Sequence[Heard]:
        """Raises ValueError."""
        read: Callable[[Request], Sequence[Heard]] = self._module.read
        return read(request)

    def is_trial(self, request: Request) -> bool:
        """What a console sends while the webhook is being made, before its key can be known. Carries no event."""
        asks: Callable[[Request], bool] | None = getattr(self._module, "is_trial", None)
        return asks is not None and asks(request)

    def learn(self, request: Request) -> dict[str, Any]:
        """What a checked request tells of the account, for the webhook to remember."""
        learn: Callable[[Request], dict[str, Any]] | None = getattr(self._module, "learn", None)
        return learn(request) if learn else {}

    def sign(self, content: dict[str, str], keys: dict[str, Any], url: str, now: datetime) -> Request:
        """A request of our own that passes its check; for kinds that sign with a shared secret. Raises Refused."""
        sign: Callable[..., Request] = self._module.sign
        return sign(content, keys, url, now)

    @property
    def can_sign(self) -> bool:
        return hasattr(self._module, "sign")

    @property
    def _module(self) -> Any:
        return import_module(f"delivery.feedback.webhooks.kinds.{self.key}")


@cache
def kinds() -> dict[str, Kind]:
    return {key: _kind(key, given) for key, given in tomllib.loads(_FILE.read_text()).items()}


def _kind(key: str, given: dict[str, Any]) -> Kind:
    return Kind(
        key,
        given["name"],
        given["signed"],
        _keys(given.get("keys", {})),
        tuple(given["steps"]),
        _keys(given.get("list_keys", {})),
        given.get("loses", ""),
    )


def _keys(given: dict[str, Any]) -> tuple[Key, ...]:
    return tuple(Key(name, one["label"], one["help"]) for name, one in given.items())
