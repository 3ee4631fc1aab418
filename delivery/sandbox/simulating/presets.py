"""Rules that are often wanted together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from delivery.sandbox.simulating.models import SandboxRule

_Effect, _Stage = SandboxRule.Effect, SandboxRule.Stage
NOBODY = "550 5.1.1 No such mailbox (played by the sandbox)"
FULL = "552 5.2.2 Mailbox full (played by the sandbox)"
BUSY = "451 4.3.2 System busy, try again later (played by the sandbox)"


@dataclass(frozen=True, slots=True)
class Preset:
    key: str
    name: str
    words: str
    rules: Sequence[dict[str, Any]]
    lasts: timedelta | None = None


PRESETS = (
    Preset(
        "audience",
        "A lively audience",
        "Of 100 mails of a rehearsal 25 are opened and 6 lead to a click within five minutes, Apple’s proxy loads 30, "
        "filters scan 10, and 1 reader unsubscribes. All of it stands in the report of the rehearsal alone.",
        (
            {"effect": _Effect.SCANNER, "percent": 10, "from_ms": 200, "to_ms": 2_000},
            {"effect": _Effect.APPLE, "percent": 30, "from_ms": 1_000, "to_ms": 60_000},
            {"effect": _Effect.OPENS, "percent": 25, "from_ms": 8_000, "to_ms": 300_000},
            {"effect": _Effect.CLICKS, "percent": 6, "from_ms": 10_000, "to_ms": 300_000},
            {"effect": _Effect.LEAVES, "percent": 1, "from_ms": 15_000, "to_ms": 300_000},
        ),
    ),
    Preset(
        "old-list",
        "An old list",
        "8 of 100 addresses do not exist, 2 mailboxes are full, 3 bounce later and 1 of 100 marks the mail as spam.",
        (
            {"effect": _Effect.REFUSE, "stage": _Stage.RECIPIENT, "percent": 8, "reply": NOBODY},
            {"effect": _Effect.REFUSE, "stage": _Stage.RECIPIENT, "percent": 2, "reply": FULL},
            {"effect": _Effect.BOUNCE, "percent": 3, "reply": NOBODY, "from_ms": 5_000, "to_ms": 60_000},
            {"effect": _Effect.COMPLAIN, "percent": 1, "from_ms": 10_000, "to_ms": 120_000},
        ),
    ),
    Preset(
        "slow",
        "A slow provider",
        "Every mail waits half a second to three seconds, and not more than 600 a minute are taken.",
        (
            {"effect": _Effect.DELAY, "stage": _Stage.DOT, "from_ms": 500, "to_ms": 3_000},
            {"effect": _Effect.THROTTLE, "stage": _Stage.RECIPIENT, "per_minute": 600},
        ),
    ),
    Preset(
        "greylisting",
        "Greylisting",
        "Each address is told to come back after five minutes, once.",
        ({"effect": _Effect.GREYLIST, "stage": _Stage.RECIPIENT, "minutes": 5},),
    ),
    Preset(
        "shaky",
        "A shaky connection",
        "5 of 100 connections break while the mail comes, 2 after it, and 5 are told that the system is busy.",
        (
            {"effect": _Effect.DROP, "stage": _Stage.BEFORE_DOT, "percent": 5},
            {"effect": _Effect.DROP, "stage": _Stage.DOT, "percent": 2},
            {"effect": _Effect.REFUSE, "stage": _Stage.DOT, "percent": 5, "reply": BUSY},
        ),
    ),
    Preset(
        "outage",
        "An outage",
        "The server is away from now on, for ten minutes.",
        ({"effect": _Effect.OUTAGE, "stage": _Stage.CONNECT},),
        lasts=timedelta(minutes=10),
    ),
)


def add(preset: Preset) -> list[SandboxRule]:
    now = timezone.now()
    times = {"starts_at": now, "ends_at": now + preset.lasts} if preset.lasts else {}
    return [SandboxRule.objects.create(**given, **times) for given in preset.rules]
