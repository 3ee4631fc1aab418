"""The settings about opens and clicks."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.models import Organisation
from accounts.organisation.measuring import AddressKept
from accounts.permissions import Permission, StaffRequest, requires
from tracking.counting_form import CountingForm

_FULL = (
    "From now on whole internet addresses are stored. They are personal data: name them in your privacy notice, or "
    "choose another answer here."
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ORGANISATION)
def counting(request: StaffRequest) -> HttpResponse:
    organisation = get_object_or_404(Organisation, id=1)
    form = CountingForm(request.POST or None, instance=organisation)
    if form.is_valid():
        form.save()
        audit.record(request, "organisation.changed", organisation.name, fields=form.changed_data)
        messages.success(request, "The settings are saved.")
        if "address_kept" in form.changed_data and organisation.address_kept == AddressKept.FULL:
            messages.warning(request, _FULL)
        return redirect("counting")
    saved = Organisation.objects.get(id=1)
    shown = {"form": form, "keeps_all": saved.address_kept == AddressKept.FULL, "organisation": saved}
    return render(request, "tracking/counting.html", shown, status=422 if form.is_bound else 200)
