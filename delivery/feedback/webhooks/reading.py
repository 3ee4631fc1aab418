"""Kept requests read again, later and in the feedback process."""

from collections.abc import Sequence
from functools import partial

from delivery.feedback import forms
from delivery.feedback.forms import Heard
from delivery.feedback.webhooks import request
from delivery.feedback.webhooks.catalogue import kinds
from delivery.feedback.webhooks.trial import is_trial


def register() -> None:
    for key in kinds():
        forms.register(f"{request.FORM_PREFIX}{key}", partial(read, key))


def read(key: str, raw: bytes) -> Sequence[Heard]:
    """Raises ValueError."""
    found = request.kept(raw)
    return [] if is_trial(found.body) else kinds()[key].read(found)
