"""SparkPost's event webhooks: batches, by user name and password."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from delivery.feedback.forms import AUTOMATED, Heard
from delivery.feedback.webhooks import normalising, signatures
from delivery.feedback.webhooks.events import MARK, About, Failure, each, heard, pieces
from delivery.feedback.webhooks.request import Request
from delivery.replies import Category

C = Category

# Its bounce classes; 1, 20, 40 and 70 say nothing.
_SAYS = {
    "10": C.INVALID_RECIPIENT,
    "21": C.NETWORK,
    "22": C.MAILBOX_FULL,
    "23": C.MESSAGE_TOO_LARGE,
    "24": C.EXPIRED,
    "30": C.INVALID_RECIPIENT,
    "50": C.BLOCK_REPUTATION,
    "51": C.BLOCK_REPUTATION,
    "52": C.SPAM_CONTENT,
    "53": C.SPAM_CONTENT,
    "54": C.RELAY_DENIED,
}
_HARD = frozenset({"10", "30", "90"})
_NEVER_SENT = frozenset({"policy_rejection", "generation_rejection"})
# The picture at the beginning of a mail; anymail knows the one at its end.
_ALSO_OPENED = frozenset({"initial_open", "amp_initial_open"})


def check(request: Request, keys: dict[str, Any], now: datetime) -> None:
    signatures.password(keys, request)


def sign(content: dict[str, str], keys: dict[str, Any], url: str, now: datetime) -> Request:
    return signatures.with_password(content, keys, url)


def read(request: Request) -> list[Heard]:
    return each(_unwrapped(request), _one)


def _unwrapped(request: Request) -> Iterator[Any]:
    for piece in pieces(request.json()):
        within = piece.get("msys") if isinstance(piece, dict) else None
        if within != {}:  # an empty one: only to see whether anybody is there
            yield piece


def _one(raw: dict[str, Any]) -> Heard | None:
    ((event_class, event),) = raw["msys"].items()
    normal = normalising.event("sparkpost", event_class, event, raw)
    marked = event.get("rcpt_meta") or {}
    about = About((marked.get(MARK),), (event.get("msg_from"),), recipient=event.get("rcpt_to"), at=normal.timestamp)
    event_type = "opened" if event["type"] in _ALSO_OPENED else normal.event_type
    return heard(event_type, about, event["type"], _failure(event), _detail(event))


def _detail(event: dict[str, Any]) -> str:
    """What it calls a proxy loads pictures for people who read; what it calls prefetched came ahead of them."""
    program = event.get("user_agent_parsed") or {}
    return AUTOMATED if program.get("is_prefetched") is True else str(event.get("fbtype") or "")


def _failure(event: dict[str, Any]) -> Failure:
    said, bounce_class = event.get("raw_reason") or event.get("reason"), str(event.get("bounce_class", ""))
    if event["type"] in _NEVER_SENT:
        is_listed = "suppress" in str(said).lower() or str(event.get("error_code")) == "1902"
        return Failure(summary=f"SparkPost did not send it: {said}", is_dropped=is_listed, is_soft=True)
    return Failure(
        diagnostic=said,
        status="",
        says=_SAYS.get(bounce_class),
        is_soft=bool(bounce_class) and bounce_class not in _HARD,
        reporting_mta=event.get("ip_address"),
    )
