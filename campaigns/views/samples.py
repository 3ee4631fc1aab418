"""Sample data go as a whole."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, StaffRequest, requires
from campaigns.sample_data import samples


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ORGANISATION)
def remove_samples(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "campaigns/remove_samples.html", {"inventory": samples.inventory()})
    removed = samples.remove(by=request.user)
    messages.success(request, f"Removed: {removed.contacts} sample people, {removed.lists} lists and their campaigns.")
    return redirect("home")
