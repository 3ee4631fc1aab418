"""Amazon SES tells of bounces by SNS, and SNS can send that by mail: JSON, with an advertisement below. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_KINDS = {"Bounce": ("bounce", "bouncedRecipients"), "Complaint": ("complaint", "complainedRecipients")}
_RECIPIENTS = 50


@dataclass(frozen=True, slots=True)
class Told:
    what: str  # "Bounce", "Complaint" or "Delivery"
    recipient: str
    status: str
    diagnostic: str
    feedback_type: str


def read(text: str) -> list[Told]:
    if text.lstrip()[:1] != "{" or '"notificationType"' not in text:
        return []
    try:
        told, _ = json.JSONDecoder().raw_decode(text.lstrip().replace("\n", ""))  # folded within words, too
    except (ValueError, RecursionError):
        return []
    return list(_told(told))[:_RECIPIENTS] if isinstance(told, dict) else []


def _told(told: dict[str, Any]) -> Iterator[Told]:
    what = _word(told, "notificationType")
    if what == "Delivery":
        delivery = _inside(told, "delivery")
        for address in _list(delivery, "recipients"):
            yield Told(what, str(address), "", _word(delivery, "smtpResponse"), "")
    elif what in _KINDS:
        section, listed = _KINDS[what]
        event = _inside(told, section)
        for recipient in _list(event, listed):
            if isinstance(recipient, dict):
                yield Told(
                    what,
                    _word(recipient, "emailAddress"),
                    _word(recipient, "status"),
                    _word(recipient, "diagnosticCode"),
                    _word(event, "complaintFeedbackType"),
                )


def _inside(told: dict[str, Any], name: str) -> dict[str, Any]:
    inside = told.get(name)
    return inside if isinstance(inside, dict) else {}


def _list(told: dict[str, Any], name: str) -> list[Any]:
    listed = told.get(name)
    return listed[:_RECIPIENTS] if isinstance(listed, list) else []


def _word(told: dict[str, Any], name: str) -> str:
    word = told.get(name)
    return word if isinstance(word, str) else ""
