"""Reputation over time, and the figures of mailbox providers that somebody uploads."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit, wording
from accounts.http.uploads import takes_uploads
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from contacts.exporting import csv_response
from delivery.deliverability.figures import goes_by_week
from delivery.domains.models import SendingDomain
from delivery.models import Provider
from delivery.policy import advice
from delivery.reputation import over_time
from delivery.reputation.figures import taking
from delivery.reputation.figures.reading import LARGEST_BYTES, NotReadable
from delivery.reputation.models import SendingAddress
from delivery.reputation.over_time import SPANS, Owner, Point
from delivery.throttling.warmup_plans import AT_WORK

_COLUMNS = (
    *("Accepted", "Bounced for good", "Bounced for now", "Marked as spam"),
    *("In DMARC reports", "Mails counted by others", "Traps", "Warm-up day"),
)


# key, label, definition: what was sent, and what others tell of it.
SENT = (
    ("accepted", "Accepted", "The receiving servers took them."),
    ("bounced", "Bounced", "Accepted, then returned, for good or for now, out of the accepted."),
    ("spam", "Spam", "Marked as spam, out of the accepted, as far as mailbox providers tell."),
)
_TOLD = (
    ("counted", "Mails it counted", "How many mails from this address Microsoft says that it saw."),
    ("reported", "In DMARC reports", "How many mails the reports of mailboxes count, whoever sent them."),
)


class FiguresForm(forms.Form):
    file = forms.FileField(
        label="The file",
        error_messages={"required": "Choose the file that you downloaded there."},
        help_text=f"CSV of Google Postmaster Tools or of Microsoft SNDS, up to {LARGEST_BYTES // 1_000_000} MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    domain = forms.ModelChoiceField(
        SendingDomain.objects.none(),
        label="Domain",
        required=False,
        empty_label="As the file says",
        help_text="For a file of Google’s that has no column with the domain.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["domain"].queryset = SendingDomain.objects.confirmed().order_by("name")  # type: ignore[attr-defined]

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(f"It is larger than {LARGEST_BYTES // 1_000_000} MB. Download a shorter time.")
        raw: bytes = file.read()
        return raw


class CarrierForm(forms.Form):
    provider = forms.ModelChoiceField(
        Provider.objects.none(), label="Whose mail leaves from it", required=False, empty_label="Not said"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["provider"].queryset = over_time.providers()  # type: ignore[attr-defined]


@takes_uploads(LARGEST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def upload(request: StaffRequest) -> HttpResponse:
    form = FiguresForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            taken = taking.take(form.cleaned_data["file"], form.cleaned_data["domain"], timezone.now())
        except NotReadable as problem:
            form.add_error("file", str(problem))
        else:
            if not taken.is_nothing:
                counts = {"new": taken.new, "changed": taken.changed}
                audit.record(request, "reputation.figures", taking.NAMES[taken.kind], **counts)
            (messages.warning if taken.is_nothing else messages.success)(request, taking.in_words(taken))
            return redirect("reputation")
    return render(request, "delivery/reputation_figures.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@requires(Permission.DELIVERY)
def domain(request: StaffRequest, domain_id: int) -> HttpResponse:
    found = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    return _page(request, found, {"domain": found})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def address(request: StaffRequest, address_id: int) -> HttpResponse:
    """And whose mail leaves from it."""
    found = get_object_or_404(SendingAddress.objects.select_related("provider"), pk=address_id)
    form = CarrierForm(request.POST if request.method == "POST" else None, initial={"provider": found.provider_id})
    if request.method == "POST" and form.is_valid():
        found.provider = form.cleaned_data["provider"]
        found.save(update_fields=["provider"])
        audit.record(request, "reputation.address_changed", found.ip, provider=str(found.provider or ""))
        messages.success(request, f"{found.ip}: {found.provider or 'not said whose mail leaves from it'}.")
        return redirect("reputation-address", found.pk)
    others = SendingAddress.objects.filter(provider__isnull=False, provider=found.provider_id).exclude(pk=found.pk)
    return _page(request, found, {"address": found, "form": form, "others": others.count()})


@require_POST
@requires(Permission.DELIVERY)
def forget_of_domain(request: StaffRequest, domain_id: int) -> HttpResponse:
    found = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    return _forget(request, found, "reputation-domain")


@require_POST
@requires(Permission.DELIVERY)
def forget_of_address(request: StaffRequest, address_id: int) -> HttpResponse:
    return _forget(request, get_object_or_404(SendingAddress, pk=address_id), "reputation-address")


def _forget(request: StaffRequest, owner: Owner, page: str) -> HttpResponse:
    gone, _ = over_time.figures(owner).delete()
    audit.record(request, "reputation.figures_removed", str(owner), rows=gone)
    messages.success(request, f"{gone:,} uploaded {'figure' if gone == 1 else 'figures'} of {owner} removed.")
    return redirect(page, owner.pk)


def _page(request: StaffRequest, owner: Owner, more: dict[str, Any]) -> HttpResponse:
    wanted = whole_number(request.GET.get("days"))
    days = wanted if wanted in SPANS else 90
    points = over_time.points(owner, days)
    says = "Gmail" if isinstance(owner, SendingDomain) else "Microsoft"
    if request.GET.get("as") == "csv":
        header = ("Week from" if goes_by_week(days) else "Day", *_COLUMNS, f"{says} says %", f"{says} says")
        name = f"reputation-{owner}-{timezone.localdate():%Y-%m-%d}"
        return cast("HttpResponse", csv_response(name, header, map(_cells, points)))
    context = {
        **more,
        "days": days,
        "chips": [(f"{span} days", f"?days={span}", span == days) for span in SPANS],
        "points": points,
        "by_week": goes_by_week(days),
        "says": says,
        "columns": {"sent": SENT, "told": _TOLD if says == "Microsoft" else _TOLD[1:]},
        "charts": _charts(_without_holes(points, 7 if goes_by_week(days) else 1), says) if len(points) > 2 else [],
        "plan": over_time.plans(owner).filter(state__in=AT_WORK).first(),
        "figures": over_time.figures(owner).count(),
    }
    return render(request, "delivery/reputation_over_time.html", context)


def _without_holes(points: list[Point], step: int) -> list[Point]:
    """With those between them of which nothing is known: a line must not lead over a day without mail."""
    known = {point.on: point for point in points}
    count = (points[-1].on - points[0].on).days // step + 1
    days = (points[0].on + timedelta(days=step * number) for number in range(count))
    return [known.get(on) or Point(on) for on in days]


def _cells(point: Point) -> tuple[object, ...]:
    own = (point.own.accepted, point.own.hard, point.own.soft, point.own.complained)
    said = "" if point.said is None else _percent(point.said)
    others = (point.reported, point.mails, point.traps, point.warmup)
    return (point.on, *own, *others, f"under {said}" if point.is_most else said, point.verdict)


def _charts(points: list[Point], says: str) -> list[tuple[str, str, str]]:
    """Title, what it shows in words, and what the behaviour reads; of what there is something of."""
    lines = [
        {"name": f"{word} {wording.rate(share)}", "values": [share * 100] * len(points)}
        for word, share in (("Look at", advice.LOOK_AT), ("Stop at", advice.STOP_AT))
    ]
    spam = _known(
        ("Marked as spam", [_percent(point.complained) for point in points]),
        (f"{says} says", [_percent(point.said) for point in points]),
    )
    bounces = _known(("Bounced", [_percent(point.bounced) for point in points]))
    mails = _known(
        ("Accepted", [point.own.accepted or None for point in points]),
        ("In DMARC reports", [point.reported or None for point in points]),
        (f"{says} says", [point.mails or None for point in points]),
    )
    if spam:
        spam[1:1] = lines
    labels = [f"{point.on.day} {point.on:%b}" for point in points]
    charts = [
        ("Marked as spam", "How many marked a mail as spam, with the lines at 0.1 and 0.3 per cent.", spam, " %"),
        ("Bounced", "The share of accepted mails that came back.", bounces, " %"),
        ("Mails", "How many mails were accepted, and how many others counted.", mails, ""),
    ]
    return [
        (title, text, json.dumps({"labels": labels, "unit": unit, "gaps": True, "lines": found}))
        for title, text, found, unit in charts
        if found
    ]


def _known(*lines: tuple[str, Sequence[float | None]]) -> list[dict[str, Any]]:
    return [{"name": name, "values": values} for name, values in lines if any(value is not None for value in values)]


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 3)
