"""Whether what a mail links to is there: each address asked for through the guarded client, kept for an hour.

What is asked for is the address as somebody would get it of whom nothing is known, so it carries nobody's token.
"""

import json
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from typing import Literal

import ada_url
from django.core.cache import cache

from accounts.egress.fetching import BadCertificate, Client, Downgraded, Limits, NoAnswer
from accounts.egress.guard import Refused

Kind = Literal["good", "moved", "gone", "error", "shut", "certificate", "unreachable", "refused", "downgraded"]

_KEPT_SECONDS = 3_600
_AT_ONCE = 8
_SECONDS_EACH = 8.0
_SECONDS = 60.0  # for all links of a mail
_UNDER_WAY_SECONDS = 75  # unless its worker was killed
_LIMITS = Limits(seconds=_SECONDS_EACH, https_only=False)
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_STATES = {"good": "good", "moved": "good", "shut": "none"} | dict.fromkeys(
    ("error", "unreachable", "downgraded"), "warn"
)
_WORDS: dict[Kind, str] = {
    "good": "Works",
    "moved": "Sends on",
    "gone": "Not found",
    "error": "Server error",
    "shut": "Closed to programs",
    "certificate": "Certificate broken",
    "unreachable": "No answer",
    "refused": "Not followed",
    "downgraded": "Sends on unencrypted",
}


@dataclass(frozen=True, slots=True)
class Found:
    """`text` says more than `words`; both may be shown."""

    kind: Kind
    text: str

    @property
    def words(self) -> str:
        return _WORDS[self.kind]

    @property
    def state(self) -> str:
        """How it is drawn."""
        return _STATES.get(self.kind, "bad")

    @property
    def is_lasting(self) -> bool:
        """Broken, and not only for the moment."""
        return self.kind in {"gone", "certificate", "refused"}


def known(targets: Iterable[str]) -> dict[str, Found]:
    """Those that were asked for within the hour."""
    keys = {_key(target): target for target in targets}
    return {keys[key]: Found(**json.loads(stored)) for key, stored in cache.get_many(keys).items()}


def begins(campaign_id: int) -> bool:
    """Whether whoever asks is the first within the minute: then it is theirs to follow the links."""
    return bool(cache.add(_under_way(campaign_id), True, _UNDER_WAY_SECONDS))


def is_under_way(campaign_id: int) -> bool:
    return bool(cache.get(_under_way(campaign_id)))


def ends(campaign_id: int) -> None:
    cache.delete(_under_way(campaign_id))


def forget(targets: Iterable[str]) -> None:
    cache.delete_many([_key(target) for target in targets])


def follow(targets: Sequence[str], client: Client | None = None) -> None:
    """Ask for those that are not known yet, several at once. What time does not suffice for stays unknown."""
    ends_at = time.monotonic() + _SECONDS
    there = known(targets)
    missing = [target for target in targets if target not in there]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="links") as pool:
        list(pool.map(partial(_keep, client or Client(_LIMITS), ends_at), missing))


def _keep(client: Client, ends_at: float, target: str) -> None:
    if time.monotonic() + _SECONDS_EACH <= ends_at:
        cache.set(_key(target), json.dumps(asdict(look(target, client))), _KEPT_SECONDS)


def look(target: str, client: Client) -> Found:
    """Takes seconds where nobody answers."""
    try:
        answer = client.look(target, {"Accept": "text/html, */*"})
    except Downgraded:
        text = "It sends on to an address without encryption (http), where anybody on the way can read and change it."
        return Found("downgraded", text)
    except Refused as problem:
        return Found("refused", str(problem))
    except BadCertificate as problem:
        return Found("certificate", f"Browsers warn before they open it. {problem}")
    except NoAnswer as problem:
        return Found("unreachable", str(problem))
    status = answer.status
    if status in _GONE:
        return Found("gone", f"There is no such page ({status}).")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Found("error", f"The server has trouble of its own ({status}).")
    if status >= HTTPStatus.BAD_REQUEST:
        return Found("shut", f"The server answers {status}; people it may let in.")
    if _is_same(target, answer.url):
        return Found("good", "")
    return Found("moved", f"To {answer.url}")


def _is_same(target: str, final: str) -> bool:
    """But for a slash, a fragment and how it is spelled."""
    one, other = ada_url.URL(target), ada_url.URL(final)
    one.hash = other.hash = ""
    return str(one.href).rstrip("/") == str(other.href).rstrip("/")


def _under_way(campaign_id: int) -> str:
    return f"links-of:{campaign_id}"


def _key(target: str) -> str:
    return f"link:{blake2b(target.encode(), digest_size=16).hexdigest()}"
