"""Erasing people at their wish, and the certificates of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.login.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from contacts.erasing import beginning, registry
from contacts.erasing.form import EraseForm, EraseManyForm
from contacts.models import Contact, Erasure
from contacts.paging import latest_first


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
@lately_confirmed
def erase(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Contact, pk=pk)
    form = EraseForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        return redirect(beginning.begin(person.email, by=request.user, request=request, reason=reason))
    context = {"form": form, "contact": person, "mails": len(registry.mails_of([person.pk], person.email.lower()))}
    return render(request, "contacts/erasing/erase.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
@lately_confirmed
def erase_many(request: StaffRequest) -> HttpResponse:
    form = EraseManyForm(request.POST or None)
    if not form.is_valid():
        return render(request, "contacts/erasing/many.html", {"form": form}, status=422 if form.is_bound else 200)
    wanted = form.cleaned_data
    begun = beginning.begin_all(wanted["addresses"], by=request.user, request=request, reason=wanted["reason"])
    people = "1 address is" if len(begun) == 1 else f"{len(begun):,} addresses are"
    messages.success(request, f"{people} being erased. Each has its certificate below.")
    return redirect("erasures")


@require_safe
@requires(Permission.LOOK)
def erasures(request: StaffRequest) -> HttpResponse:
    page = latest_first(Erasure.objects.select_related("by"), request)
    return render(request, "contacts/erasing/erasures.html", {"page": page})


@require_safe
@requires(Permission.LOOK)
def erasure(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Erasure.objects.select_related("by"), pk=pk)
    rows = [(part.label, part.name, found.counts.get(part.name, 0)) for part in registry.parts()]
    context = {
        "erasure": found,
        "rows": [row for row in rows if row[2]],
        "nothing_in": [name for _, name, number in rows if not number],
        "is_done": found.state == Erasure.State.DONE,
    }
    template = "contacts/erasing/_certificate.html" if request.htmx else "contacts/erasing/certificate.html"
    return render(request, template, context)
