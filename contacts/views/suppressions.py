"""Suppressed addresses: who gets nothing, why, and the way back."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from contacts import consent
from contacts.forms import SuppressForm
from contacts.models import Contact, Suppression
from contacts.paging import count_in_words, latest_first
from contacts.suppression import lifting
from contacts.suppression.lifting import Way
from contacts.suppression.listing import SOURCES, Filter


@dataclass(frozen=True, slots=True)
class Row:
    suppression: Suppression
    contact: Contact | None
    source: str
    way: Way


@require_GET
@requires(Permission.LOOK)
def suppressions(request: StaffRequest) -> HttpResponse:
    chosen = Filter.of(request.GET)
    found = chosen.apply()
    page = latest_first(found, request)
    return render(
        request,
        "contacts/suppressions.html",
        {
            "rows": _rows(page.rows, request),
            "page": page,
            "counted": count_in_words(found, "address", "addresses"),
            "filter": chosen,
            "sources": SOURCES.items(),
            "none_at_all": not page.rows and chosen.is_empty,
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def add(request: StaffRequest) -> HttpResponse:
    form = SuppressForm(request.POST or None)
    if not form.is_valid():
        return render(request, "contacts/suppress.html", {"form": form}, status=422 if form.is_bound else 200)
    reason = form.cleaned_data["reason"]
    emails = form.cleaned_data["addresses"]
    fresh = sum(
        consent.suppress(email, Suppression.Reason.MANUAL, detail=f"{reason} ({request.user})", source="hand")
        for email in emails
    )
    subject = emails[0] if len(emails) == 1 else f"{len(emails)} addresses"
    audit.record(request, "suppression.add", subject, reason=reason)
    known = f" {len(emails) - fresh:,} were there already." if fresh < len(emails) else ""
    messages.success(request, f"{fresh:,} {'address gets' if fresh == 1 else 'addresses get'} no more mail.{known}")
    return redirect("suppressions")


@require_POST
@requires(Permission.PEOPLE)
def lift(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Suppression, pk=pk)
    reason = " ".join(request.POST.get("reason", "").replace("\0", "").split())[:300]
    typed = request.POST.get("typed", "")
    try:
        lifting.lift(found, by=request.user, request=request, reason=reason, typed=typed)
    except lifting.NotLifted as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"{found.email} may get mail again, from the lists it is still subscribed to.")
    return redirect("suppressions")


def _rows(found: list[Suppression], request: StaffRequest) -> list[Row]:
    people = Contact.objects.annotate(key=Lower("email")).filter(key__in=[row.email for row in found])
    known = {person.email.lower(): person for person in people}
    ways = lifting.ways(found, request.user)
    return [Row(row, known.get(row.email), SOURCES.get(row.source, row.source), ways[row.pk]) for row in found]
