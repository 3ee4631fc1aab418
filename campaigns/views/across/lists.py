"""Growth and churn of lists."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import wording
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.views.across.pages import Link, Table, shown, with_query
from contacts.growth import reading
from contacts.growth.reading import Change, Growth
from contacts.models import MailingList
from contacts.reach import figures

_SPANS = (30, 90, 365)
_USUAL_STEPS = {30: "day", 90: "week", 365: "month"}
COLUMNS = {
    "joined": ("Joined", "Subscribed: by a form, an import or by hand; also those who came back after leaving."),
    "back": ("Back in reach", "Their suppression was lifted, or they agreed once more."),
    "unsubscribed": ("Left", "Unsubscribed from this list or from everything."),
    "lost": ("Out of reach", "Still subscribed, but they get no more mail: the address bounced, they marked a"
             " mail as spam, somebody suppressed them, or their consent ended."),
    "deleted": ("Deleted", "The contact was deleted."),
}  # fmt: skip
_SUMS = (
    ("net", "Net", "Joined and back, minus those who left, went out of reach or were deleted."),
    (
        "total",
        "Total",
        "Subscribed, not suppressed, with consent that holds: whom a campaign to it would reach.",
    ),
)


@require_safe
@requires(Permission.LOOK)
def lists(request: StaffRequest) -> HttpResponse:
    days = whole_number(request.GET.get("days"))
    days = days if days in _SPANS else 90
    chosen_id = whole_number(request.GET.get("list"))
    chosen = get_object_or_404(MailingList, pk=chosen_id) if chosen_id else None
    spans = [Link(f"{span} days", with_query(request.GET, days=span, by=""), span == days) for span in _SPANS]
    context: dict[str, Any] = {"spans": spans, "days": days, "chosen": chosen}
    if chosen:
        return _one(request, chosen, days, context)
    return _all(request, days, context)


def _all(request: StaffRequest, days: int, context: dict[str, Any]) -> HttpResponse:
    today = timezone.localdate()
    since = today - timedelta(days=days - 1)
    known = reading.by_list(since=since, until=today)
    audience = figures.change_between(since, today)
    found = [(one, *known.get(one.pk, (Change(), 0))) for one in MailingList.objects.all()]
    columns = _columns(sum((change for _, change, _ in found), Change()))
    context |= {
        "audience": audience,
        "audience_words": wording.signed(audience.net),
        "heads": [*columns, *_SUMS],
        "rows": [
            {
                "list": one,
                "url": with_query(request.GET, list=one.pk),
                "cells": _cells(change, columns),
                "net": wording.signed(change.net),
                "total": total,
            }
            for one, change, total in found
        ],
    }
    header = ["List", *(label for _, label, _ in columns), "Net", "Total"]
    rows = ([one.name, *_numbers(change, columns), change.net, total] for one, change, total in found)
    return shown(request, "report-lists", context, Table("lists", header, rows, context["heads"]))


def _one(request: StaffRequest, chosen: MailingList, days: int, context: dict[str, Any]) -> HttpResponse:
    step = request.GET.get("by", "")
    step = step if step in reading.STEPS else _USUAL_STEPS[days]
    today = timezone.localdate()
    since = today - timedelta(days=days - 1)
    grown = reading.growth([chosen.pk], since=since, until=today, step=step)
    change, _ = reading.by_list(since=since, until=today).get(chosen.pk, (Change(), 0))
    columns = _columns(grown.change)
    context |= {
        "grown": grown,
        "heads": [*columns, *_SUMS],
        "steps": [
            Link(f"By {name}", with_query(request.GET, by=name), name == step) for name in reading.STEPS
        ],
        "step_label": reading.STEPS[step],
        "periods": [
            {
                "label": _label(period.on, step),
                "cells": _cells(period.change, columns),
                "net": wording.signed(period.change.net),
                "total": period.total,
            }
            for period in reversed(grown.periods)
        ],
        "change": change,
        "change_words": wording.signed(change.net),
        "chart": _chart(grown, step),
        "back_url": with_query(request.GET, list="", by=""),
    }  # fmt: skip
    header = [reading.STEPS[step], *(label for _, label, _ in columns), "Net", "Total"]
    rows = ([each.on, *_numbers(each.change, columns), each.change.net, each.total] for each in grown.periods)
    return shown(request, "report-lists", context, Table("list-growth", header, rows, context["heads"]))


def _columns(change: Change) -> list[tuple[str, str, str]]:
    """(key, label, definition); what happens seldom has a column only where it happened."""
    return [
        (key, label, text)
        for key, (label, text) in COLUMNS.items()
        if key in ("joined", "unsubscribed", "lost") or getattr(change, key)
    ]


def _cells(change: Change, columns: list[tuple[str, str, str]]) -> list[tuple[str, int]]:
    return [(label.lower(), getattr(change, key)) for key, label, _ in columns]


def _numbers(change: Change, columns: list[tuple[str, str, str]]) -> Iterator[int]:
    return (getattr(change, key) for key, _, _ in columns)


def _chart(grown: Growth, step: str) -> str:
    changes = [period.change for period in grown.periods]
    lines = [
        {"name": "Joined", "values": [change.joined + change.back for change in changes]},
        {"name": "Left, deleted", "values": [change.unsubscribed + change.deleted for change in changes]},
        {"name": "Bounced, suppressed", "values": [change.lost for change in changes]},
    ]
    return json.dumps({"labels": [_label(period.on, step) for period in grown.periods], "lines": lines})


def _label(on: Any, step: str) -> str:
    return f"{on:%b %Y}" if step == "month" else wording.day(on, timezone.localdate())
