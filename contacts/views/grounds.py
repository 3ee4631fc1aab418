"""Why a list may be written to, until when, and what a person agreed to."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from contacts.grounds import history
from contacts.grounds.forms import BasisForm
from contacts.grounds.models import ListBasis
from contacts.models import Contact, MailingList
from contacts.tasks import apply_consent_rules


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def list_basis(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(MailingList, pk=pk)
    known = ListBasis.objects.filter(list=found).first()
    form = BasisForm(request.POST or None, instance=known or ListBasis(list=found))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "contacts/grounds/basis.html", {"form": form, "list": found}, status=status)
    with transaction.atomic():
        said = form.save(commit=False)
        said.changed_by = request.user
        said.save()
        audit.record(request, "list.basis", found.name, basis=said.basis, months=said.months, note=said.note)
        transaction.on_commit(lambda: apply_consent_rules.delay(list_id=found.pk))
    messages.success(
        request, "Saved. Who is on the list by then is counted within a minute." if said.months else "Saved."
    )
    return redirect(found)


@require_safe
@requires(Permission.LOOK)
def consent_history(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Contact, pk=pk)
    return render(request, "contacts/grounds/history.html", {"contact": person, "chapters": history.chapters(person)})
