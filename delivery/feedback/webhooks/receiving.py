"""Answering a provider: who it is, whether it is true, and kept before it is told so. In the feedback process.

The address's secret is looked at before a body is taken in. What was looked up stays for some seconds, so that a flood
of requests costs the database nothing but the rows that are kept.
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import secrets
from accounts.database.reconnecting import BROKEN, again
from accounts.models import Organisation
from delivery.feedback import intake
from delivery.feedback.webhooks import trial
from delivery.feedback.webhooks.catalogue import Kind, kinds
from delivery.feedback.webhooks.request import FORM_PREFIX, NotNow, Refused, Request
from delivery.models import Returned, Webhook
from delivery.models.webhooks import secret_digest

PATH = "/w/"
_KNOWN_SECONDS = 5
_WRITTEN_EVERY = timedelta(seconds=5)
_MOST_KNOWN = 1_000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    words: str = ""


OK = Answer(200, words="ok\n")
NOT_FOUND = Answer(404, words="There is nothing here.\n")
FORBIDDEN = Answer(403, words="Refused.\n")
LOGIN = Answer(401, (("WWW-Authenticate", 'Basic realm="Tallypost"'),), "Refused.\n")
AWAY = Answer(503, (("Retry-After", "60"),), "Try again in a minute.\n")
TOO_LARGE = Answer(413, words="Too large.\n")
NOT_ALLOWED = Answer(405, (("Allow", "POST, GET, HEAD"),), "Refused.\n")


@dataclass(frozen=True, slots=True)
class Door:
    """An address that exists, and what requests to it are checked by."""

    webhook_id: int
    provider_id: int | None
    kind: Kind
    is_paused: bool
    url: str = field(repr=False)
    keys: dict[str, Any] = field(repr=False)

    @property
    def source(self) -> str:
        return f"webhook {self.webhook_id}"


def find(path: str) -> Door | Answer:
    """Whose address it is; an answer if nobody's, or if that cannot be found out now."""
    kind, _, secret = path.removeprefix(PATH).rstrip("/").partition("/")
    if kind not in kinds() or not secret or len(secret) > 100:
        return NOT_FOUND
    try:
        door = again(lambda: _doors.get(kind, secret))
        if door is None:
            again(lambda: _refusals.strangers(kind))
            return NOT_FOUND
    except secrets.Unreadable:
        log.error("The keys of a webhook of kind %s cannot be read with the keys of this installation.", kind)
        return AWAY
    except BROKEN:
        return AWAY
    return AWAY if door.is_paused else door


def receive(door: Door, headers: Mapping[str, str], body: bytes) -> Answer:
    """200 once it is in the database, and not before."""
    request = Request(headers, body, door.url)
    try:
        if door.kind.is_trial(request):
            return OK
        _check(door, request)
        again(lambda: _keep(door, request))
    except Refused as problem:
        refuse(door, str(problem))
        return LOGIN if problem.asks_for_login else FORBIDDEN
    except NotNow as problem:
        refuse(door, str(problem))
        return AWAY
    except BROKEN as problem:
        log.warning("A %s request was not taken: %s", door.kind.key, type(problem).__name__)
        return AWAY
    return OK


def refuse(door: Door, words: str) -> None:
    """Counted and shown to staff; in the database at most once in some seconds, however many there are."""
    _noted.pop(door.webhook_id, None)
    try:
        again(lambda: _refusals.count(door.webhook_id, words))
    except BROKEN:
        log.warning("That a %s request was refused is not written down: the database is away.", door.kind.key)


def forget() -> None:
    """Look everything up anew: for tests, and after a change in this process."""
    _doors.clear()
    _refusals.clear()
    _noted.clear()


def _check(door: Door, request: Request) -> None:
    if not request.body:
        raise Refused("It is empty.")
    if not trial.is_ours(request, door.webhook_id):
        door.kind.check(request, door.keys, timezone.now())


def _keep(door: Door, request: Request) -> None:
    """Taking it is one statement, which is its own transaction."""
    is_trial = trial.is_trial(request.body)
    if not is_trial:
        _remember(door.webhook_id, door.kind.learn(request))
    item = intake.Item(request.raw(door.kind.key), form=f"{FORM_PREFIX}{door.kind.key}")
    intake.take([item], way=Returned.Way.WEBHOOK, source=door.source, provider_id=door.provider_id)
    if not is_trial:
        _note_event(door.webhook_id)


def _note_event(webhook_id: int) -> None:
    """Not with every request: that would double what one costs, and they would wait for each other."""
    if _noted.get(webhook_id, 0) > time.monotonic():
        return
    _noted[webhook_id] = time.monotonic() + _WRITTEN_EVERY.total_seconds()
    try:
        Webhook.objects.filter(pk=webhook_id).update(last_event_at=timezone.now(), silent_since=None)
    except BROKEN:  # the request itself is kept
        _noted.pop(webhook_id, None)


def _remember(webhook_id: int, learnt: dict[str, Any]) -> None:
    if not learnt:
        return
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update().get(pk=webhook_id)
        webhook.learnt |= learnt
        webhook.save(update_fields=["learnt"])


class _Doors:
    """Addresses looked up lately, also those that do not exist."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[tuple[str, bytes], tuple[float, Door | None]] = {}

    def get(self, kind: str, secret: str) -> Door | None:
        key = kind, secret_digest(secret)
        known = self._known.get(key)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        door = _stored(kind, secret)
        with self._lock:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = time.monotonic() + _KNOWN_SECONDS, door
        return door

    def clear(self) -> None:
        self._known.clear()


def _stored(kind: str, secret: str) -> Door | None:
    webhook = Webhook.objects.filter(kind=kind, secret_digest=secret_digest(secret)).first()
    if webhook is None:
        return None
    keys = {**webhook.keys, **webhook.learnt, "password": webhook.password, "webhook_id": webhook.pk}
    return Door(webhook.pk, webhook.provider_id, kinds()[kind], webhook.is_paused, address(webhook), keys)


def address(webhook: Webhook) -> str:
    """As staff enter it at the provider. Raises secrets.Unreadable."""
    organisation = Organisation.get()
    host = organisation.public_address if organisation else ""
    return f"{host}{PATH}{webhook.kind}/{webhook.secret}"


class _Refusals:
    """How often and why; what is counted within some seconds is written with the next one after that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[object, int] = {}
        self._written: dict[object, float] = {}

    def count(self, webhook_id: int, words: str) -> None:
        self._count(webhook_id, Q(pk=webhook_id), words)

    def strangers(self, kind: str) -> None:
        """Somebody asked for an address of this kind that does not exist: perhaps one that was copied badly.

        Where events come already it was not, and a stranger who guesses raises no alarm.
        """
        words = (
            f"The secret in the address was wrong: {PATH}{kind}/… Copy the address anew into the provider's console."
        )
        self._count(kind, Q(kind=kind, last_event_at=None), words)

    def _count(self, key: object, which: Q, words: str) -> None:
        with self._lock:
            self._counted[key] = self._counted.get(key, 0) + 1
            if self._written.get(key, 0) > time.monotonic():
                return
            self._written[key] = time.monotonic() + _WRITTEN_EVERY.total_seconds()
            count = self._counted.pop(key)
        now: datetime = timezone.now()
        Webhook.objects.filter(which).update(refused=F("refused") + count, last_refused_at=now, refusal=words[:300])

    def clear(self) -> None:
        self._counted.clear()
        self._written.clear()


_noted: dict[int, float] = {}  # until when it need not be written again that an event came
_doors = _Doors()
_refusals = _Refusals()
