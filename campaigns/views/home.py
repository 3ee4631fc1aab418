"""A morning page: what is under way, what needs somebody, what was sent last, how it goes on the whole.

One address. What is on its way is asked for again every other second, the rest every half minute and whenever something
begins or ends; where nothing has changed nothing on the page moves.
"""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from accounts.shell import problems
from campaigns import samples
from campaigns.models import Campaign
from campaigns.morning import last, steps
from campaigns.morning import now as on_its_way
from campaigns.views.live import Live
from contacts.reach import figures
from tracking.reports import trend

_NEWS = "home-news"  # something has begun or ended
_KEYS = frozenset(line.key for line in trend.LINES)


@require_safe
@requires(Permission.LOOK)
def home(request: StaffRequest) -> HttpResponse:
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
            return render(request, "campaigns/home/_trend.html", _trend(request))
    rest = _rest(request)
    context = {
        "now": _now(request, on_its_way.now()).html,
        "rest": _live_rest(request, rest).html,
        "has_next_step": bool(rest["first_mail"] or rest["next_step"]),
        "has_samples": samples.are_there() and not _offers_to_remove_them(rest["needs"]),
        **_trend(request),
    }
    return render(request, "campaigns/home/home.html", context)


def _now(request: StaffRequest, now: on_its_way.Now) -> Live:
    every_seconds = 2 if now.is_lively else 15
    template = "campaigns/home/_now.html"
    return Live(request, "now", template, {"now": now}, every_seconds=every_seconds, stages=now.stages)


def _rest(request: StaffRequest) -> dict[str, Any]:
    first_mail = steps.first_mail()
    next_steps = [] if first_mail else steps.before_real_mail(request.user, request.organisation)
    return {
        "first_mail": first_mail,
        "steps": next_steps,
        "next_step": next((step for step in next_steps if not step.is_done), None),
        "needs": problems.for_user(request.user),
        "last": last.campaigns(),
        "audience": figures.audience(),
        "has_campaigns": Campaign.objects.whole().exists(),
    }


def _offers_to_remove_them(needs: list[problems.Problem]) -> bool:
    """The demo says so more loudly than this page does at its foot."""
    return any(need.url == reverse("remove-samples") for need in needs)


def _live_rest(request: StaffRequest, rest: dict[str, Any]) -> Live:
    return Live(request, "rest", "campaigns/home/_rest.html", rest, every_seconds=30, event=_NEWS)


def _trend(request: StaffRequest) -> dict[str, Any]:
    days = whole_number(request.GET.get("days")) or 0
    days = days if days in trend.SPANS else trend.SPANS[0]
    hidden = _KEYS.intersection(request.GET.get("without", "").split(","))
    found = trend.Trend(days, _KEYS - hidden)
    return {
        "trend": found,
        "spans": [(span, _address(span, hidden), span == days) for span in trend.SPANS],
        "lines": [line | {"url": _address(days, hidden ^ {line["line"].key})} for line in found.lines],
    }


def _address(days: int, hidden: frozenset[str]) -> str:
    query = QueryDict(mutable=True)
    if days != trend.SPANS[0]:
        query["days"] = str(days)
    if hidden:
        query["without"] = ",".join(sorted(hidden))
    return reverse("home") + (f"?{query.urlencode(safe=',')}" if query else "")
