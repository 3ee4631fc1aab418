"""A passkey added to one's account, and a login with one."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.fields import LineField
from accounts.login.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from accounts.two_factor import passkeys


class PasskeyForm(forms.Form):
    name = LineField(
        label="Name", max_length=60, initial="Passkey", help_text="By which you know it later: phone, laptop, key ring."
    )
    passkey = forms.CharField(max_length=100_000, required=False, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LOOK)
@lately_confirmed
def add(request: StaffRequest) -> HttpResponse:
    form = PasskeyForm(request.POST or None)
    if form.is_valid():
        try:
            passkeys.add(request, form.cleaned_data["name"], form.cleaned_data["passkey"])
        except passkeys.Refused as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, "The passkey is on. Everywhere else you were logged out.")
            return redirect("two-factor-codes")
    shown = {"form": form, "options": passkeys.begin_adding(request.user)}
    return render(request, "accounts/passkey_add.html", shown, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Failures are neither counted nor written down: nobody guesses a signature, and strangers could fill the trail."""
    if request.user.is_authenticated:
        return redirect("/")
    problem = ""
    if request.method == "POST":
        try:
            return passkeys.log_in(request, request.POST.get("passkey", ""))
        except passkeys.Refused as refused:
            problem = str(refused)
    shown = {"problem": problem, "options": passkeys.begin_asking(None)}
    return render(request, "account/passkey.html", shown, status=422 if problem else 200)
