"""One's own second factor: turned on and off, and asked for at the login."""

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.login import throttling
from accounts.login.confirming import lately_confirmed
from accounts.models import Organisation, User
from accounts.permissions import Permission, StaffRequest, requires
from accounts.two_factor import codes, factors, passkeys
from accounts.two_factor.stage import SecondFactorStage


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


@require_GET
@requires(Permission.LOOK)
def two_factor(request: StaffRequest) -> HttpResponse:
    organisation = get_object_or_404(Organisation, id=1)
    found = list(factors.of(request.user))
    shown = {
        "app": next((factor for factor in found if factor.type == Authenticator.Type.TOTP), None),
        "passkeys": [factor for factor in found if factor.type == Authenticator.Type.WEBAUTHN],
        "is_missing": organisation.second_factor_required and not found,
        "has_one": bool(found),
        "codes_left": len(factors.codes_left(request.user)),
    }
    return render(request, "accounts/two_factor.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LOOK)
@lately_confirmed
def add_app(request: StaffRequest) -> HttpResponse:
    if factors.app_of(request.user):
        return redirect("two-factor")
    form, secret = CodeForm(request.POST or None), totp.get_totp_secret()
    if form.is_valid():
        try:
            factors.turn_on_app(request, secret, form.cleaned_data["code"])
        except factors.Refused as problem:
            form.add_error("code", str(problem))
        else:
            totp.clear_totp_secret(request)
            messages.success(request, "The app is on. Everywhere else you were logged out.")
            return redirect("two-factor-codes")
    adapter = get_adapter()
    shown = {
        "form": form,
        "picture": adapter.build_totp_svg(adapter.build_totp_url(request.user, secret)),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return render(request, "accounts/two_factor_app.html", shown, status=422 if form.is_bound else 200)


@require_POST
@requires(Permission.LOOK)
@lately_confirmed
def remove(request: StaffRequest, pk: int) -> HttpResponse:
    factor = get_object_or_404(factors.of(request.user), pk=pk)
    try:
        factors.remove(request, factor)
    except factors.Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "It is off. Everywhere else you were logged out.")
    return redirect("two-factor")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LOOK)
@lately_confirmed
def recovery_codes(request: StaffRequest) -> HttpResponse:
    if not factors.has_one(request.user):
        return redirect("two-factor")
    if request.method == "POST":
        factors.renew_codes(request)
        messages.success(request, "These are new codes. The ones of before no longer work.")
        return redirect("two-factor-codes")
    shown = {"codes": [f"{code[:4]} {code[4:]}" for code in factors.codes_left(request.user)]}
    return render(request, "accounts/two_factor_codes.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_stage_required(stage=SecondFactorStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
def authenticate(request: HttpRequest) -> HttpResponse:
    """The second step of a login."""
    stage = request._login_stage  # type: ignore[attr-defined]  # set by the decorator
    user, is_passkey = stage.login.user, "passkey" in request.POST
    form = CodeForm(request.POST if request.method == "POST" and not is_passkey else None)
    try:
        is_right = (
            _passkey_is_right(request, user) if is_passkey else form.is_valid() and _code_is_right(request, form, user)
        )
    except throttling.Locked as problem:
        form.add_error("code", str(problem))
        is_right = False
    if is_right:
        response: HttpResponse = stage.exit()
        return response
    shown = {
        "form": form,
        "has_app": bool(factors.app_of(user)),
        "options": passkeys.begin_asking(user) if passkeys.of(user) else None,
        "passkey_failed": is_passkey,
    }
    return render(request, "account/second_factor.html", shown, status=422 if request.method == "POST" else 200)


def _passkey_is_right(request: HttpRequest, user: User) -> bool:
    try:
        passkeys.use(user, request.POST["passkey"])
    except passkeys.Refused:
        audit.record(request, "login.second_factor_failed", user.email)
        return False
    return True


def _code_is_right(request: HttpRequest, form: CodeForm, user: User) -> bool:
    """Raises throttling.Locked."""
    if not form.is_valid():
        return False
    if codes.use(request, user, form.cleaned_data["code"]):
        return True
    audit.record(request, "login.second_factor_failed", user.email)
    form.add_error("code", "That code is not right, or was used before. Wait for the next one.")
    return False
