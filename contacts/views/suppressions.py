"""Suppressed addresses: who gets nothing, why, and the way back."""

from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.models import AuditEntry
from accounts.permissions import Permission, StaffRequest, requires
from contacts import consent
from contacts.filtering import Chip
from contacts.forms import ReasonForm, SuppressForm
from contacts.models import Contact, Suppression
from contacts.paging import count_in_words, latest_first

_BOUNCES = (Suppression.Reason.HARD_BOUNCE.value, Suppression.Reason.SOFT_BOUNCE.value)
# Writing again and again to who does not exist harms the delivery of all mail.
_LIFTED_ONCE_IN = timedelta(days=30)


@require_GET
@requires(Permission.LOOK)
def suppressions(request: StaffRequest) -> HttpResponse:
    search = request.GET.get("q", "").strip().replace("\0", "")[:200]
    reason = request.GET.get("reason", "")
    found = Suppression.objects.all()
    if search:
        found = found.filter(email__contains=search.lower())
    if reason in Suppression.Reason.values:
        found = found.filter(reason=reason)
    page = latest_first(found, request)
    emails = [row.email for row in page.rows]
    people = Contact.objects.annotate(key=Lower("email")).filter(key__in=emails)
    known = {person.email.lower(): person for person in people}
    return render(
        request,
        "contacts/suppressions.html",
        {
            "rows": [(row, known.get(row.email)) for row in page.rows],
            "page": page,
            "counted": count_in_words(found, "address", "addresses"),
            "search": search,
            "reason": reason,
            "chips": _chips(search, reason),
            "none_at_all": not page.rows and not search and not reason,
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
    form = ReasonForm(request.POST)
    typed = request.POST.get("typed", "").strip().lower()
    if not form.is_valid():
        messages.error(request, "Say why this address may get mail again. The reason is kept.")
    elif found.reason in _BOUNCES and _was_lifted_lately(found.email):
        messages.error(request, f"{found.email} was lifted within the last 30 days and failed again. Ask the person.")
    elif found.reason == Suppression.Reason.COMPLAINT and typed != found.email:
        messages.error(request, f"This person marked a mail as spam. Type {found.email} if you are sure.")
    else:
        consent.lift(found.email, by=request.user)
        audit.record(request, "suppression.lift", found.email, was=found.reason, reason=form.cleaned_data["reason"])
        messages.success(request, f"{found.email} may get mail again, from the lists it is still subscribed to.")
    return redirect("suppressions")


def _was_lifted_lately(email: str) -> bool:
    lifted = AuditEntry.objects.filter(action="suppression.lift", subject=email[:200])
    return lifted.filter(at__gt=timezone.now() - _LIFTED_ONCE_IN, detail__was__in=_BOUNCES).exists()


def _chips(search: str, reason: str) -> list[Chip]:
    def url(value: str) -> str:
        return "?" + urlencode({name: text for name, text in (("reason", value), ("q", search)) if text})

    reasons = [Chip(known.label, url(known.value), reason == known.value) for known in Suppression.Reason]
    return [Chip("Any reason", url(""), not reason), *reasons]
