"""All campaigns of a period, list, tag, sender or mailbox provider in one table."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.across import choosing
from campaigns.across.choosing import Choice
from campaigns.across.gathering import COLUMNS, FIGURES, Gathered
from campaigns.views.across.pages import Link, Table, percent, shown, with_query
from contacts.models import MailingList
from delivery.deliverability.figures import LANES
from tracking.reports.batch_sums import Sums
from tracking.reports.definitions import DEFINITIONS

_PAGE = 50


@require_safe
@requires(Permission.LOOK)
def gathered(request: StaffRequest) -> HttpResponse:
    choice = Choice.of(request.GET)
    found = Gathered(choice, request.GET.get("sort", ""))
    page = min(max(whole_number(request.GET.get("page")) or 1, 1), 1 + len(found.rows) // _PAGE)
    rows = found.rows[(page - 1) * _PAGE : page * _PAGE]
    has_more = len(found.rows) > page * _PAGE
    context: dict[str, Any] = {
        "found": found,
        "choice": choice,
        "rows": [(row, _figures(row.sums)) for row in rows],
        "sums": _figures(found.sums),
        "heads": [_head(request, found, key, label) for key, label in COLUMNS.items()],
        "lists": MailingList.objects.all(),
        "senders": _with(choosing.senders(), choice.sender),
        "tags": _with(choosing.tags(), choice.tag),
        "lanes": LANES.items(),
        "periods": choosing.PERIODS.items(),
        "most": choosing.MOST,
        "next_url": with_query(request.GET, page=page + 1) if has_more else "",
        "previous_url": with_query(request.GET, page=page - 1) if page > 1 else "",
        "is_narrowed": bool(choice.mailing_list or choice.tag or choice.sender or choice.lane),
        "none_at_all": not found.rows and not choosing.real().exists(),
    }
    columns = [(key, label, DEFINITIONS[key]) for key, label in COLUMNS.items() if key in DEFINITIONS]
    return shown(request, "reports", context, Table("campaigns", _HEADER, _cells(found), columns))


def _with(known: list[str], chosen: str) -> list[str]:
    """What is chosen stays chosen in the form, also where it is no more."""
    return known if not chosen or chosen in known else [*known, chosen]


def _head(request: StaffRequest, found: Gathered, key: str, label: str) -> dict[str, Any]:
    """A column that sorts by itself: the largest first, and turned round by the next click."""
    is_text = key == "name"
    turned = key if found.order == f"-{key}" else f"-{key}"
    if is_text:
        turned = "-name" if found.order == "name" else "name"
    is_sorted = found.order.removeprefix("-") == key
    return {
        "link": Link(label, with_query(request.GET, sort=turned), is_sorted),
        "order": ("descending" if found.order.startswith("-") else "ascending") if is_sorted else "",
        "is_number": key not in ("name", "when"),
        "definition": DEFINITIONS.get(key, ""),
    }


def _figures(sums: Sums) -> list[tuple[str, int, float | None]]:
    """(label, people, share)"""
    return [(label.lower(), getattr(sums, key), sums.share(key)) for key, label in FIGURES.items()]


_HEADER = (
    *("Sent", "Campaign", "Subject", "Sender", "Accepted", "Delivered"),
    *(name for label in FIGURES.values() for name in (label, f"{label} %")),
)


def _cells(found: Gathered) -> Iterator[tuple[object, ...]]:
    for row in found.rows:
        sent = timezone.localtime(row.batch.started_at).strftime("%Y-%m-%d %H:%M") if row.batch.started_at else ""
        about = (sent, row.campaign.name, row.campaign.subject, row.campaign.sender_email)
        yield *about, row.sums.accepted, row.sums.delivered, *_numbers(row.sums)
    yield "", "All", "", "", found.sums.accepted, found.sums.delivered, *_numbers(found.sums)


def _numbers(sums: Sums) -> Iterator[object]:
    for _, people, share in _figures(sums):
        yield people
        yield percent(share)
