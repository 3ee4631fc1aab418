"""When a week begins in every report: on Monday, as in ISO 8601 and in PostgreSQL's date_trunc."""

from datetime import date, timedelta


def monday_of(on: date) -> date:
    return on - timedelta(days=on.weekday())
