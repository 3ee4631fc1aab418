"""What Home shows as rows for a spreadsheet: numbers without names of people."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from campaigns.morning import last, now
from contacts.reach import figures
from delivery import ledger
from tracking.reports.tables import share
from tracking.reports.trend import KEYS, LINES, Trend

Table = tuple[Sequence[str], Iterator[Sequence[Any]]]

# What the page shows of each: key, label, definition.
COLUMNS = {
    "last": (
        ("people", "People", "To how many it was to go."),
        ("clicked", "Clicked", "People who followed at least one link. Machines are left out."),
        (
            "unsubscribed",
            "Unsubscribed",
            "People who left by the mail’s link or the button of their mail program.",
        ),
    ),
    "audience": (
        ("joined", "Joined", "Came into reach: by a form, an import or by hand."),
        ("unsubscribed", "Unsubscribed", "They left by themselves, from everything or from their last list."),
        ("bounced", "Bounced", "Suppressed because their mail came back for good, or again and again."),
        ("complained", "Spam", "They marked a mail as spam, as far as mailbox providers tell us."),
        ("blocked", "By hand", "Suppressed by somebody here, or held until somebody looks at them."),
        ("expired", "Consent ended", "They had agreed for a time, and it is over."),
        ("change", "Change", "Joined, minus everybody who went."),
        (
            "left",
            "Left",
            "Everybody who went, out of those who could be reached at the beginning of that time.",
        ),
    ),
    "trend": (
        ("accepted", "Accepted", "Mails that the receiving servers took, by the time their campaign began."),
        *((line.key, line.label, line.definition) for line in LINES),
    ),
}

_TALLY = ("People", "Accepted", "Waiting", "Refused", "Uncertain", "Skipped")


def _now() -> Table:
    """What is under way, and what comes next."""
    return ("Campaign", "State", *_TALLY, "A second", "Starts", "Ends about"), _now_s_rows()


def _now_s_rows() -> Iterator[Sequence[Any]]:
    found = now.now()
    for flight in found.flights:
        is_stuck = flight.holdup is not None and flight.holdup.waits
        rate, ends_at = (0.0, None) if is_stuck else (flight.progress.rate_per_second, flight.progress.finishes_at)
        yield (
            flight.campaign.name,
            flight.campaign.stage_words,
            *_tally(flight.tally),
            rate,
            flight.batch.started_at,
            ends_at,
        )
    for campaign in found.scheduled:
        starts_at = campaign.batch.not_before if campaign.batch else None
        yield campaign.name, campaign.stage_words, *_tally(None), None, starts_at, None


def _last() -> Table:
    return ("Campaign", "Began", *_TALLY, "Clicked", "Unsubscribed", "In words"), _last_s_rows(last.campaigns())


def _last_s_rows(found: Sequence[last.Row]) -> Iterator[Sequence[Any]]:
    for row in found:
        acts = (row.outcome.clicked, row.outcome.unsubscribed) if row.outcome else (None, None)
        yield row.campaign.name, row.at, *_tally(row.tally), *acts, row.sentence


def _tally(tally: ledger.Tally | None) -> Sequence[int | None]:
    if tally is None:
        return (None,) * len(_TALLY)
    return tally.total, tally.accepted, tally.waiting, tally.refused, tally.uncertain, tally.skipped


def _audience() -> Table:
    header = ("Days", "Reachable before", "Joined", "Unsubscribed", "Bounced", "Spam", "By hand", "Consent ended")
    return (*header, "Change", "Reachable now", "Left, share"), _audience_s_rows()


def _audience_s_rows() -> Iterator[Sequence[Any]]:
    found = figures.audience()
    for days, change in found.changes.items() if found else ():
        gone = (getattr(change, term) for term in figures.LEAVING)
        yield days, change.before, change.joined, *gone, change.net, change.after, share(change.churn)


def trend(days: int) -> Table:
    """All lines, whichever the chart shows."""
    found = Trend(days)
    header = ("Week from" if found.is_by_week else "Day", "Accepted", *(line.label for line in LINES))
    return header, ((point.on, *(getattr(point, key) for key in KEYS)) for point in found.points)


TABLES: dict[str, Callable[[], Table]] = {"now": _now, "last": _last, "audience": _audience}
