"""Giving the table of a page under Reports away by a link: numbers, as its CSV has them, and nobody's name."""

from collections.abc import Callable
from copy import copy
from functools import partial
from inspect import unwrap
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.models import SharedReport
from campaigns.reporting import sharing
from campaigns.views.across import cohorts, compared, deliverability, gathered, hours, lists

_PAGES: dict[str, Callable[..., Any]] = {
    "reports": gathered.gathered,
    "report-compare": compared.compared,
    "report-lists": lists.lists,
    "report-cohorts": cohorts.cohorts,
    "report-hours": hours.hours,
    "deliverability": deliverability.deliverability,
}


@require_POST
@requires(Permission.EXPORT)
def share(request: StaffRequest, page: str) -> HttpResponse:
    """As it is looked at, with its filters."""
    if page not in _PAGES:
        raise Http404("There is no such page.")
    asked = QueryDict(request.POST.get("query", "").replace("\0", ""), mutable=True)
    asked.pop("as", None)
    query = asked.urlencode()
    made = partial(sharing.share_page, page, query)
    return give_away(request, made, "these numbers, and nobody’s name", f"{reverse(page)}?{query}")


@require_POST
@requires(Permission.EXPORT)
def unshare(request: StaffRequest, link: int) -> HttpResponse:
    shared = get_object_or_404(SharedReport, pk=link, campaign=None)
    return take_back(request, shared, f"{reverse(shared.page)}?{shared.query}")


def give_away(request: StaffRequest, share: Callable[..., object], what: str, page_url: str) -> HttpResponse:
    """`what` whoever has the link reads; `share` may raise NotShareable."""
    days, note = whole_number(request.POST.get("days")) or 0, request.POST.get("note", "").replace("\0", "")
    try:
        share(by=request.user, days=days, note=note)
    except sharing.NotShareable as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, f"The link is ready. Whoever has it reads {what}.")
    return redirect(f"{page_url}#share")


def take_back(request: StaffRequest, shared: SharedReport, page_url: str) -> HttpResponse:
    sharing.revoke(shared, by=request.user)
    messages.success(request, "Taken back. The link leads nowhere from now on.")
    return redirect(f"{page_url}#share")


def drawn(request: HttpRequest, shared: SharedReport) -> str:
    """The page's table for whoever has the link: asked for as whoever gave it away had asked."""
    asked: Any = copy(request)
    asked.GET, asked.shared_link = QueryDict(shared.query), shared
    answer: HttpResponse = unwrap(_PAGES[shared.page])(asked)
    return answer.content.decode()
