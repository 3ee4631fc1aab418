"""A form that is asked far more often than usual pauses itself. The judgement is pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from contacts.signup.models import SignupForm, SignupHour, SignupRequest

TIMES = 5
AS_USUAL = f"more than {TIMES} times as many as usual."
LEAST = 50  # sign-ups in an hour below which nothing is a flood
REMEMBERED = timedelta(days=14)
_QUIET_AFTER_GOING_ON = timedelta(hours=24)


def is_flood(in_last_hour: int, usual_hours: Sequence[int]) -> bool:
    """`usual_hours`: the sign-ups of each of the last fortnight's hours that had any."""
    usual = sum(usual_hours) / len(usual_hours) if usual_hours else 0.0
    return in_last_hour > LEAST and in_last_hour > TIMES * usual


def watch(form: SignupForm, now: datetime) -> None:
    """Pause the form if it is flooded. A person who lets it go on is believed for a day."""
    if form.resumed_at and form.resumed_at > now - _QUIET_AFTER_GOING_ON:
        return
    in_last_hour = SignupRequest.objects.filter(form=form, asked_at__gt=now - timedelta(hours=1)).count()
    if in_last_hour <= LEAST:
        return
    before = SignupHour.objects.filter(form=form, hour__gt=now - REMEMBERED, hour__lt=now - timedelta(hours=2))
    if is_flood(in_last_hour, list(before.filter(asked__gt=0).values_list("asked", flat=True))):
        form.pause(f"{in_last_hour:,} sign-ups within an hour, {AS_USUAL}")
