"""A form's numbers: added up by the hour, within the transaction of what is counted."""

from datetime import datetime
from typing import Literal

from django.db import connection
from django.db.models import Sum

from contacts.signup.models import SignupForm

Counted = Literal["asked", "confirmed", "expired", "refused"]
COUNTS: tuple[Counted, ...] = ("asked", "confirmed", "expired", "refused")


def add(form: SignupForm, what: Counted, now: datetime) -> None:
    row = {name: int(name == what) for name in COUNTS}
    with connection.cursor() as cursor:
        cursor.execute(_ADD, row | {"form": form.pk, "now": now})


def sums(form: SignupForm) -> dict[str, int]:
    """Since the form was made."""
    found = form.hours.aggregate(**{f"sum_{name}": Sum(name, default=0) for name in COUNTS})
    return {name: int(found[f"sum_{name}"]) for name in COUNTS}


_ADD = """
INSERT INTO contacts_signuphour AS h (form_id, hour, asked, confirmed, expired, refused)
VALUES (%(form)s, date_trunc('hour', %(now)s::timestamptz), %(asked)s, %(confirmed)s, %(expired)s, %(refused)s)
ON CONFLICT (form_id, hour) DO UPDATE SET asked = h.asked + excluded.asked,
    confirmed = h.confirmed + excluded.confirmed, expired = h.expired + excluded.expired,
    refused = h.refused + excluded.refused
"""
