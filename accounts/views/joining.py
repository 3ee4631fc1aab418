"""Where an invitation leads."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import JoinForm
from accounts.people import staff


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    invitation = staff.invited_by_token(token)
    if invitation is None:
        return render(request, "accounts/join_gone.html", status=404)
    form = JoinForm(invitation.email, request.POST or None)
    if not form.is_valid():
        shown = {"form": form, "invitation": invitation}
        return render(request, "accounts/join.html", shown, status=422 if form.is_bound else 200)
    try:
        user = staff.join(request, token, form.cleaned_data["name"], form.cleaned_data["password"])
    except staff.NotAllowed:
        return render(request, "accounts/join_gone.html", status=404)
    login(request, user)
    return redirect("/")
