"""Who sends as a domain, by the DMARC reports that mailbox providers send."""

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from accounts.wording import storable
from contacts.exporting import csv_response
from delivery.domains import gathering
from delivery.domains.dmarc_reports import advice, figures
from delivery.domains.dmarc_reports.advice import Source
from delivery.domains.dmarc_reports.figures import SPANS, Address, Day
from delivery.domains.dmarc_reports.models import DmarcSource
from delivery.domains.models import SendingDomain
from delivery.domains.report import Report

_MAILS = ("mails", "Mails", "As the reports of mailboxes count them.")
# By table: key, label, definition.
_COLUMNS = {
    "sources": (
        _MAILS,
        ("passed", "Passed", "Signed by the domain that they come from, or with its return address, out of the mails."),
        ("stopped", "Stopped", "Put with the spam or refused."),
    ),
    "addresses": (_MAILS,),
    "days": (
        ("passed", "Passed", "Mails signed by the domain that they come from, or with its return address."),
        ("failed", "Failed", "Mails with neither."),
    ),
}
_SAID = {"yes": True, "no": False, "": None}


@require_safe
@requires(Permission.DELIVERY)
def senders(request: StaffRequest, domain_id: int) -> HttpResponse:
    """`source` names one whose addresses are listed."""
    domain = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    wanted = whole_number(request.GET.get("days"))
    days = wanted if wanted in SPANS else 30
    chosen = storable(request.GET.get("source", ""), 253)
    if request.GET.get("as") == "csv":
        return _table(domain, days, request.GET.get("table", ""), chosen)
    found = summary(domain, days)
    context = {
        **found,
        "domain": domain,
        "columns": _COLUMNS,
        "days": days,
        "chips": [(f"{span} days", f"?{_shown(span, chosen)}", span == days) for span in SPANS],
        "csv_url": f"?{urlencode({'days': str(days), 'source': chosen, 'as': 'csv', 'table': ''})}",
        "chart": _chart(found["by_day"]) if len(found["by_day"]) > 2 else "",
        "reporters": figures.reporters(domain, days),
        "unverified": figures.unverified(domain, days),
        "chosen": chosen,
        "addresses": figures.addresses(domain, chosen, days) if chosen else [],
        "reports_to": gathering.reports_to(request.organisation),
    }
    return render(request, "delivery/domains/senders.html", context)


@require_POST
@requires(Permission.DELIVERY)
def say(request: StaffRequest, domain_id: int) -> HttpResponse:
    """Whether a source is ours; `chosen` names the one whose addresses are listed, so that they stay listed."""
    domain = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    name, said = storable(request.POST.get("source", "").strip(), 253), request.POST.get("ours", "")
    if not name or said not in _SAID or not figures.addresses(domain, name, max(SPANS)):
        messages.error(request, "That source is in no report of the last 90 days.")
        return redirect("domain-senders", domain.pk)
    DmarcSource.objects.update_or_create(domain=domain, name=name, defaults={"is_ours": _SAID[said]})
    audit.record(request, "domain.source_judged", domain.name, source=name, ours=said)
    words = {"yes": "is noted as yours", "no": "is noted as not yours", "": "is open again"}[said]
    messages.success(request, f"{name} {words}.")
    shown = _shown(whole_number(request.POST.get("days")) or 30, storable(request.POST.get("chosen", ""), 253))
    return redirect(f"{reverse('domain-senders', args=[domain.pk])}?{shown}#sources")


def _shown(days: int, chosen: str) -> str:
    """What the page's address says: the time, and the source whose addresses are listed."""
    return urlencode({"days": str(days), **({"source": chosen} if chosen else {})})


def summary(domain: SendingDomain, days: int = 30) -> dict[str, Any]:
    """What the domain's page says in a sentence, and this one in tables."""
    sources = advice.by_weight(figures.sources(domain, days))
    by_day = figures.by_day(domain, days)
    policy = Report.read(domain.report).policy
    return {
        "sources": sources[: figures.SHOWN],
        "sources_left": max(0, len(sources) - figures.SHOWN),
        "mails": sum(source.mails for source in sources),
        "passed": sum(source.passed for source in sources),
        "by_day": by_day,
        "policy": policy,
        "next_step": _next_step(domain, policy, days) if sources else None,
    }


def _table(domain: SendingDomain, days: int, name: str, chosen: str) -> HttpResponse:
    """One of the page's as a file; of sources all of them."""
    match name:
        case "addresses":
            kept: type[Address | Day | Source] = Address
            rows: Sequence[Address | Day | Source] = figures.addresses(domain, chosen, days)
        case "days":
            kept, rows = Day, figures.by_day(domain, days)
        case _:
            name, kept, rows = "sources", Source, advice.by_weight(figures.sources(domain, days))
    header = [field.name.replace("_", " ").capitalize() for field in fields(kept)]
    named = f"{domain.name}-{name}-{timezone.localdate():%Y-%m-%d}"
    lines = ([getattr(row, field.name) for field in fields(kept)] for row in rows)
    return cast("HttpResponse", csv_response(named, header, lines))


def _next_step(domain: SendingDomain, policy: str, days: int) -> advice.Advice:
    """By what senders that are proven say."""
    return advice.next_step(figures.sources(domain, days, verified=True), policy, figures.days_verified(domain, days))


def _chart(by_day: list[Day]) -> str:
    return json.dumps(
        {
            "labels": [f"{day.on.day} {day.on:%b}" for day in by_day],
            "lines": [
                {"name": "Passed", "values": [day.passed for day in by_day]},
                {"name": "Failed", "values": [day.failed for day in by_day]},
            ],
        }
    )
