"""Two makers of such software lost every bounce for weeks, and nobody was told."""

from datetime import UTC, datetime, timedelta

import pytest

from delivery.policy.silence import is_silent

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("accepted", "last_event", "since", "silent"),
    [
        (0, None, 1000, False),
        (200, None, 1000, False),
        (201, None, 1000, True),
        (201, None, 24, True),
        (201, None, 23.9, False),  # set up a moment ago
        (201, 30, 1000, True),
        (201, 24, 1000, True),
        (201, 23.9, 1000, False),
        (100_000, 0, 1000, False),
        (100_000, 100, 1, False),  # resumed or made anew since
        (100_000, 100, 1000, True),
    ],
)
def test_only_a_day_without_a_word_about_enough_mail_is_silence(
    accepted: int, last_event: float | None, since: float, silent: bool
) -> None:
    heard = None if last_event is None else ago(last_event)
    assert is_silent(accepted, heard, ago(since), NOW) == silent
