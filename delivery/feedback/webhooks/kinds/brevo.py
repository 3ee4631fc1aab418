"""Brevo's transactional webhooks: one event each, by user name and password."""

from datetime import datetime
from typing import Any

from delivery.feedback.forms import AUTOMATED, Heard
from delivery.feedback.webhooks import normalising, signatures
from delivery.feedback.webhooks.events import About, Failure, each, heard, pieces
from delivery.feedback.webhooks.request import Request
from delivery.replies import Category

# Its words for a picture that Apple's privacy proxy loaded.
_BY_A_PROXY = frozenset({"proxy_open", "unique_proxy_open"})


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    signatures.password(keys, request)


def sign(content: dict[str, str], keys: dict[str, Any], url: str, now: datetime) -> Request:
    return signatures.with_password(content, keys, url)


def read(request: Request) -> list[Heard]:
    return each(pieces(request.json()), _one)


def _one(event: dict[str, Any]) -> Heard | None:
    word = event["event"]
    normal = normalising.event("brevo", event)
    about = About(
        (event.get("X-Mailin-custom"), event.get("message-id")), recipient=event.get("email"), at=normal.timestamp
    )
    return heard(normal.event_type, about, word, _failure(event, word), AUTOMATED if word in _BY_A_PROXY else "")


def _failure(event: dict[str, Any], word: str) -> Failure:
    said = event.get("reason")
    if word == "blocked":
        return Failure(summary=f"Brevo did not send it: {said}", is_dropped=True)
    is_dead = word in ("hard_bounce", "invalid_email")
    return Failure(
        diagnostic=said,
        says=Category.INVALID_RECIPIENT if is_dead else None,
        is_soft=word in ("soft_bounce", "error"),
    )
