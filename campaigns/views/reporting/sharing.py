"""Giving a report away by a link, and what whoever has the link sees."""

from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.http.security import linking_mail_policy
from accounts.login import throttling
from accounts.models import Organisation
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.models import SharedReport
from campaigns.multilingual.names import own_name
from campaigns.reporting import click_map, sharing
from campaigns.sending import revising
from campaigns.views.across import sharing as across
from campaigns.views.pages import get_campaign, sent_edition
from delivery import ledger
from delivery.color_scheme import shown_in
from tracking.reports import link_rows, numbers

_KEPT_SECONDS = 10  # a link that is passed round costs no more than one reader


@require_POST
@requires(Permission.EXPORT)
def share(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_campaign(pk)
    made = partial(sharing.share, found)
    return across.give_away(request, made, "the numbers and the mail, nobody’s name", found.get_absolute_url())


@require_POST
@requires(Permission.EXPORT)
def unshare(request: StaffRequest, pk: int, link: int) -> HttpResponse:
    shared = get_object_or_404(SharedReport.objects.select_related("campaign"), pk=link, campaign=pk)
    return across.take_back(request, shared, reverse("campaign", args=[pk]))


@never_cache
@require_safe
def shared_report(request: HttpRequest, token: str) -> HttpResponse:
    shared = sharing.recognise(token)
    if shared is None:
        return _unknown(request)
    key = f"shared-report:{shared.pk}:{request.COOKIES.get('theme', '')[:5]}"
    body = cache.get(key)
    if body is None:
        organisation = Organisation.get()
        with timezone.override(ZoneInfo(organisation.time_zone) if organisation else timezone.get_default_timezone()):
            body = _drawn(request, shared, token)
        cache.set(key, body, _KEPT_SECONDS)
    return _guarded(HttpResponse(body))


@never_cache
@require_safe
@linking_mail_policy
def shared_mail(request: HttpRequest, token: str) -> HttpResponse:
    """The click map, as somebody gets the mail of whom only the address is known."""
    shared = sharing.recognise(token)
    if shared is None or shared.campaign is None:
        return _unknown(request)
    batch_id = shared.campaign.batch_id or 0
    version = whole_number(request.GET.get("version")) or 1
    edition = sent_edition(batch_id, version, request.GET.get("language", ""))
    report = numbers.report([batch_id], names_people=False)
    rows = link_rows.rows([batch_id], report.delivered, names_people=False)
    page = click_map.drawn(edition, None, rows, reverse("shared-report", args=[token]))
    return _guarded(HttpResponse(shown_in(page, dark=False)))


def _drawn(request: HttpRequest, shared: SharedReport, token: str) -> str:
    campaign = shared.campaign
    if campaign is None:
        return across.drawn(request, shared)
    batch = campaign.batch
    assert batch is not None  # noqa: S101  # only launched campaigns are shared
    context: dict[str, Any] = {
        "campaign": campaign,
        "batch": batch,
        "report": numbers.report([batch.pk], names_people=False),
        "tally": ledger.tally(batch),
        "mail_url": f"{reverse('shared-mail', args=[token])}?",
        "map_version": batch.version,
        "map_languages": [(code, own_name(code)) for code in batch.languages],
        "versions": revising.versions(batch),
        "expires_at": shared.expires_at,
        "now": timezone.now(),
    }
    return render_to_string("public/report.html", context, request)


def _unknown(request: HttpRequest) -> HttpResponse:
    """One answer whatever is wrong with the link; who tries many has to wait."""
    try:
        throttling.begin("a shared report", throttling.network(request.META.get("REMOTE_ADDR") or ""))
    except throttling.Locked:
        return _guarded(HttpResponse("Too many links that lead nowhere. Try again later.\n", status=429))
    return _guarded(render(request, "public/report_gone.html", status=404))


def _guarded(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
