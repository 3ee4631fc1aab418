from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from campaigns.morning.weekly import calendar

BERLIN, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")


@pytest.mark.parametrize(
    ("now", "zone", "monday"),
    [
        ("2026-11-23T05:59+00:00", BERLIN, None),  # 6:59 there
        ("2026-11-23T06:00+00:00", BERLIN, date(2026, 11, 23)),
        ("2026-11-22T18:30+00:00", AUCKLAND, date(2026, 11, 23)),  # Monday 7:30 there, Sunday here
        ("2026-11-24T20:00+00:00", BERLIN, date(2026, 11, 23)),  # the machine was off on Monday
        ("2026-11-25T07:00+00:00", BERLIN, None),
        ("2026-11-29T12:00+00:00", BERLIN, None),
        ("2026-03-30T05:30+00:00", BERLIN, date(2026, 3, 30)),  # the day after clocks went forward
        ("2026-10-26T06:00+00:00", BERLIN, date(2026, 10, 26)),
        ("2026-10-26T05:59+00:00", BERLIN, None),
    ],
)
def test_summary_is_due_on_monday_morning_of_the_organisation(now: str, zone: ZoneInfo, monday: date | None) -> None:
    assert calendar.due(datetime.fromisoformat(now), zone) == monday


def test_summary_is_about_the_week_before() -> None:
    assert calendar.days(date(2026, 11, 23)) == (date(2026, 11, 16), date(2026, 11, 22))
