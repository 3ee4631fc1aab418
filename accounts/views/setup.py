"""The one page before everything else."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import SetUpForm
from accounts.models import Organisation
from accounts.organisation import senders, setting_up


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    if Organisation.get() is not None:
        return redirect("/")
    form = SetUpForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/setup.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        owner = setting_up.set_up(form.owner, with_sample=form.cleaned_data["with_sample"], **form.organisation)
    except setting_up.AlreadySetUp:
        return redirect("account_login")
    login(request, owner)
    senders.warn(request, form.cleaned_data["sender_email"])
    if not senders.is_reached_from_elsewhere(owner.email):
        words = f"Mail from elsewhere cannot reach {owner.email}: its domain is not known there."
        messages.warning(request, f"{words} A link for a new password may never arrive.")
    return redirect("/")
