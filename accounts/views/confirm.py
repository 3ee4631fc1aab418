"""Where somebody who is logged in shows once more that it is them."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.login import confirming
from accounts.permissions import Permission, StaffRequest, requires


@sensitive_post_parameters("confirm_password", "confirm_code")
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LOOK)
def confirm(request: StaffRequest) -> HttpResponse:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    next_page = wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else "/account/"
    form = confirming.ConfirmForm(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        confirming.confirmed(request)
        return HttpResponseRedirect(next_page)
    shown = {"form": form, "action": request.path, "kept": [("next", next_page)]}
    return render(request, "accounts/confirm.html", shown, status=422 if form.is_bound else 200)
