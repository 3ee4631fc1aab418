"""The settings of the organisation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.models import Organisation
from accounts.organisation import public_address, samples, senders
from accounts.organisation.form import OrganisationForm
from accounts.permissions import Permission, StaffRequest, requires


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ORGANISATION)
def settings(request: StaffRequest) -> HttpResponse:
    organisation = get_object_or_404(Organisation, id=1)
    form = OrganisationForm(request.POST or None, instance=organisation)
    if form.is_valid():
        form.save()
        audit.record(request, "organisation.changed", organisation.name, fields=form.changed_data)
        messages.success(request, "The settings are saved.")
        senders.warn(request, form.cleaned_data["sender_email"])
        return redirect("settings")
    saved = Organisation.objects.get(id=1)
    shown = {
        "form": form,
        "organisation": saved,
        "obstacle": public_address.why_not_for_real(saved.public_address),
        "has_samples": samples.are_there(),
    }
    return render(request, "accounts/settings.html", shown, status=422 if form.is_bound else 200)
