"""Every table of a report as rows for a spreadsheet: numbers alone, of nobody in particular."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tracking.reports.numbers import Report

Row = Sequence[Any]
Table = tuple[tuple[str, ...], Callable[[Report], Iterator[Row]]]


def _figures(report: Report) -> Iterator[Row]:
    for figure in [*report.figures, *report.further_figures]:
        known = (figure.people, figure.whole, share(figure.share), figure.total)
        yield figure.label, *known, figure.machines, figure.definition


def _over_time(report: Report) -> Iterator[Row]:
    for point in report.series:
        yield (
            point.label,
            point.clicked,
            point.opened,
            point.unsubscribed,
            point.clicked_by_machines,
            point.opened_by_machines,
        )


def _links(report: Report) -> Iterator[Row]:
    for link in report.links:
        versions = " ".join(map(str, link.versions))
        figures = (link.people, share(link.share), link.total, link.machines)
        yield link.number, link.label, link.url, versions, *figures, link.language


def _mailboxes(report: Report) -> Iterator[Row]:
    for lane in report.lanes:
        acts = (lane.clicked, share(lane.click_share), lane.opened, lane.unsubscribed)
        yield lane.label, lane.accepted, *acts, lane.bounced, lane.complained, lane.refused, lane.put_off


def _languages(report: Report) -> Iterator[Row]:
    for row in report.languages:
        acts = (row.clicked, share(row.click_share), row.opened, row.unsubscribed)
        yield row.name, row.people, "" if row.accepted is None else row.accepted, *acts


def _clients(key: str) -> Callable[[Report], Iterator[Row]]:
    """Programs, devices or countries, all of them."""

    def rows(report: Report) -> Iterator[Row]:
        for table in report.clients:
            if table.key == key:
                yield from table.counts

    return rows


def _returned(report: Report) -> Iterator[Row]:
    for part in report.returned:
        yield part.label, part.people, share(part.share), part.definition


def _reasons(report: Report) -> Iterator[Row]:
    for reason in report.reasons.rows:
        yield reason.words, reason.label, reason.people


def _conversions(report: Report) -> Iterator[Row]:
    for row in report.conversions:
        yield (
            row.goal,
            row.times,
            row.people,
            share(row.share),
            row.worth,
            row.currency,
            row.a_thousand,
            row.refunds,
            row.refunded,
        )


def _machines(report: Report) -> Iterator[Row]:
    for row in report.machines:
        yield row.words, row.opened, row.clicked, row.times


def _ways(report: Report) -> Iterator[Row]:
    for way in report.ways:
        yield way.label, way.people


TABLES: dict[str, Table] = {
    "figures": (("Figure", "People", "Out of", "Share", "Times", "By machines", "What it means"), _figures),
    "over-time": (
        ("Time", "Clicked", "Opened", "Unsubscribed", "Clicked by machines", "Opened by machines"),
        _over_time,
    ),
    "links": (("Place", "Link", "Address", "Versions", "People", "Share", "Clicks", "Machines", "Language"), _links),
    "mailboxes": (
        (
            "Mailbox",
            "Accepted",
            "Clicked",
            "Share",
            "Opened",
            "Unsubscribed",
            "Bounced",
            "Marked as spam",
            "Refused",
            "Put off",
        ),
        _mailboxes,
    ),
    "languages": (("Language", "People", "Accepted", "Clicked", "Share", "Opened", "Unsubscribed"), _languages),
    "clients": (("Program", "Opened", "Clicked"), _clients("clients")),
    "devices": (("Device", "Opened", "Clicked"), _clients("devices")),
    "countries": (("Country", "Opened", "Clicked"), _clients("countries")),
    "conversions": (
        ("Goal", "Reached", "Mails", "Of who clicked", "Worth", "Currency", "A thousand mails", "Refunds", "Refunded"),
        _conversions,
    ),
    "returned": (("Accepted and then", "People", "Share", "What it means"), _returned),
    "reasons": (("Reason", "Bounced", "People"), _reasons),
    "machines": (("Why they are no people", "Mails opened", "Mails clicked in", "Times"), _machines),
    "unsubscribed": (("Left", "People"), _ways),
}


def share(share: float | None) -> str:
    """Of 1, as a spreadsheet reckons with it; empty for "not yet"."""
    return "" if share is None else f"{share:.6f}"
