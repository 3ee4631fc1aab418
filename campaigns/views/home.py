"""A morning page: what is under way, what needs somebody, what was sent last, how it goes on the whole.

One address. What is on its way is asked for again every other second, the rest every half minute, the trend every
minute, and both whenever something begins or ends; where nothing has changed nothing on the page moves.
"""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from accounts.shell import problems
from campaigns.models import Campaign
from campaigns.morning import last, steps, tables
from campaigns.morning import now as on_its_way
from campaigns.sample_data import samples
from campaigns.views.live import Live
from contacts.exporting import csv_response
from contacts.reach import figures
from tracking.reports import trend

_NEWS = "home-news"  # something has begun or ended
_KEYS = frozenset(line.key for line in trend.LINES)


@require_safe
@requires(Permission.LOOK)
def home(request: StaffRequest) -> HttpResponse:
    if request.GET.get("as") == "csv":
        return _table(request)
    match request.htmx.target if request.htmx else "":
        case "now":
            now = on_its_way.now()
            answer = _now(request, now).answer()
            if request.GET.get("stages", now.stages) != now.stages:
                answer.headers["HX-Trigger"] = _NEWS
            return answer
        case "rest":
            return _live_rest(request, _rest(request)).answer()
        case "trend":
            return _trend(request).answer()
    rest = _rest(request)
    context = {
        "now": _now(request, on_its_way.now()).html,
        "rest": _live_rest(request, rest).html,
        "has_next_step": bool(rest["first_mail"] or rest["next_step"]),
        "has_samples": samples.are_there() and not _offers_to_remove_them(rest["needs"]),
        "trend": _trend(request).html,
    }
    return render(request, "campaigns/home/home.html", context)


def _now(request: StaffRequest, now: on_its_way.Now) -> Live:
    every_seconds = 2 if now.is_lively else 15
    template = "campaigns/home/_now.html"
    return Live(request, "now", template, {"now": now}, every_seconds=every_seconds, stages=now.stages)


def _rest(request: StaffRequest) -> dict[str, Any]:
    first_mail = steps.first_mail(request.user)
    were_sent = last.campaigns()
    next_steps = [] if first_mail else steps.before_real_mail(request.user, request.organisation)
    return {
        "first_mail": first_mail,
        "steps": next_steps,
        "next_step": next((step for step in next_steps if not step.is_done), None),
        "needs": problems.for_user(request.user),
        "last": were_sent,
        "audience": figures.audience(),
        "columns": tables.COLUMNS,
        "has_campaigns": bool(were_sent) or Campaign.objects.whole().exists(),
    }


def _offers_to_remove_them(needs: list[problems.Problem]) -> bool:
    """The demo says so more loudly than this page does at its foot."""
    return any(need.url == reverse("remove-samples") for need in needs)


def _live_rest(request: StaffRequest, rest: dict[str, Any]) -> Live:
    return Live(request, "rest", "campaigns/home/_rest.html", rest, every_seconds=30, event=_NEWS)


def _asked(request: StaffRequest) -> tuple[int, frozenset[str]]:
    """Of the trend: its days, and the lines that are hidden."""
    days = whole_number(request.GET.get("days")) or 0
    days = days if days in trend.SPANS else trend.SPANS[0]
    return days, _KEYS.intersection(request.GET.get("without", "").split(","))


def _trend(request: StaffRequest) -> Live:
    days, hidden = _asked(request)
    found = trend.Trend(days, _KEYS - hidden)
    context = {
        "trend": found,
        "spans": [(span, _address(span, hidden), span == days) for span in trend.SPANS],
        "lines": [line | {"url": _address(days, hidden ^ {line["line"].key})} for line in found.lines],
        "csv_url": f"?{urlencode({**_shown(days), 'as': 'csv'})}",
        "columns": tables.COLUMNS["trend"],
    }
    shown = _shown(days, hidden)
    return Live(request, "trend", "campaigns/home/_trend.html", context, every_seconds=60, event=_NEWS, **shown)


def _address(days: int, hidden: frozenset[str]) -> str:
    shown = _shown(days, hidden)
    return reverse("home") + (f"?{urlencode(shown, safe=',')}" if shown else "")


def _shown(days: int, hidden: frozenset[str] = frozenset()) -> dict[str, str]:
    """What of the trend is shown, as an address says it: nothing where it is the usual."""
    said = {"days": str(days) if days != trend.SPANS[0] else "", "without": ",".join(sorted(hidden))}
    return {name: value for name, value in said.items() if value}


def _table(request: StaffRequest) -> HttpResponse:
    """The trend, where the address names no other."""
    name = request.GET.get("table", "trend")
    if name != "trend" and name not in tables.TABLES:
        raise Http404("There is no such table.")
    header, rows = tables.trend(_asked(request)[0]) if name == "trend" else tables.TABLES[name]()
    return cast("HttpResponse", csv_response(f"{name}-{timezone.localdate():%Y-%m-%d}", header, rows))
