"""What the pages under Reports share: their tabs, their spans of time, their tables as files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.permissions import Permission, StaffRequest, allows
from campaigns.models import SharedReport
from campaigns.reporting import sharing
from contacts.exporting import csv_response

TABS = (
    ("reports", "Campaigns"),
    ("report-compare", "Compare"),
    ("report-lists", "Lists"),
    ("report-cohorts", "Sign-ups"),
    ("report-hours", "Best hours"),
)


_TITLES = {**dict(TABS), "deliverability": "Deliverability"}
_ROWS_SHARED = 1000


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers without names: whoever may look at a report may take them along."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    columns: Sequence[tuple[str, str, str]] = ()  # key, label, definition: what its numbers mean


def shown(request: StaffRequest, page: str, context: Mapping[str, Any], table: Table) -> HttpResponse:
    """The page named `page`, or its table alone: as a file where the address asks for that, or for who has a link."""
    if link := getattr(request, "shared_link", None):
        return render(request, "public/shared_table.html", _given_away(link, table))
    if request.GET.get("as") == "csv":
        return csv_response(f"{table.name}-{timezone.localdate():%Y-%m-%d}", table.header, table.rows)  # type: ignore[return-value]  # streamed
    tabs = [Link(label, reverse(name), name == page) for name, label in TABS]
    template = f"campaigns/across/{page.removeprefix('report-')}.html"
    common: dict[str, Any] = {"tabs": tabs, "csv_url": with_query(request.GET, **{"as": "csv"}), "page_name": page}
    if allows(request.user, Permission.EXPORT):
        common |= {"shared": sharing.addresses(page), "share_days": sharing.DAYS}
    return render(request, template, common | dict(context))


def _given_away(link: SharedReport, table: Table) -> dict[str, Any]:
    rows = [list(zip(table.header, row, strict=True)) for row in islice(table.rows, _ROWS_SHARED)]
    title = link.note or _TITLES[link.page]
    found = {"title": title, "header": table.header, "rows": rows, "columns": table.columns}
    return found | {"expires_at": link.expires_at, "now": timezone.now()}


def with_query(asked: QueryDict, **changes: str | int) -> str:
    """The same page with some of its filters changed; an empty one is taken out."""
    wanted = [(key, value) for key, values in asked.lists() for value in values if key not in (*changes, "page", "as")]
    wanted += [(key, str(value)) for key, value in changes.items() if value != ""]
    return f"?{urlencode(wanted)}"


def percent(share: float | None) -> str:
    """For a spreadsheet; empty where there is nothing to say."""
    return "" if share is None else f"{share * 100:.2f}"
