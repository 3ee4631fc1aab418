"""Asked again before what could do great harm: whoever finds a session open must not export, invite or change servers.

A login counts, so that nobody is asked twice in a row.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode

from accounts import audit
from accounts.login import present_password, throttling
from accounts.permissions import StaffRequest
from accounts.shell import whole_pages
from accounts.two_factor import codes, factors, passkeys

GRACE = timedelta(minutes=5)
_AT = "confirmed_at"
_ANSWERS = ("confirm_password", "confirm_code", "confirm_passkey")
_NOT_KEPT = (*_ANSWERS, "csrfmiddlewaretoken")

View = Callable[..., HttpResponseBase]


def is_recent(request: HttpRequest) -> bool:
    since = time.time() - float(request.session.get(_AT, 0))
    return 0 <= since < GRACE.total_seconds()


def confirmed(request: HttpRequest) -> None:
    request.session[_AT] = time.time()


def lately_confirmed(view: View) -> View:
    """Stands below `requires`. A form that comes too late is kept while its sender confirms."""

    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_recent(request):
            return view(request, *args, **kwargs)
        form = _answer(request)
        if form and form.is_valid():
            confirmed(request)
            return view(request, *args, **kwargs)
        return _ask(request, form)

    guarded.asks_again = True  # type: ignore[attr-defined]  # read by the test that walks all addresses
    return cast("View", guarded)


class ConfirmForm(forms.Form):
    confirm_password = forms.CharField(
        label="Your password",
        strip=False,
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    confirm_code = forms.CharField(
        label="Or a code of your second factor",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    confirm_passkey = forms.CharField(required=False, max_length=100_000, widget=forms.HiddenInput)

    def __init__(self, request: StaffRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)
        if not factors.has_one(request.user):
            del self.fields["confirm_code"]
        if not passkeys.of(request.user):
            del self.fields["confirm_passkey"]

    def passkey_options(self) -> dict[str, Any]:
        return passkeys.begin_asking(self.request.user)

    def clean(self) -> dict[str, Any]:
        try:
            self._check(self.cleaned_data)
        except throttling.Locked as problem:
            raise forms.ValidationError(str(problem)) from problem
        return self.cleaned_data

    def _check(self, given: dict[str, str]) -> None:
        if answer := given.get("confirm_passkey"):
            try:
                passkeys.use(self.request.user, answer)
            except passkeys.Refused as problem:
                self._refuse(None, str(problem))
        elif code := given.get("confirm_code"):
            if not codes.use(self.request, self.request.user, code):
                self._refuse("confirm_code", "That code is not right, or was used before.")
        elif password := given.get("confirm_password"):
            if not present_password.is_right(self.request.user, password, self.request.META.get("REMOTE_ADDR") or ""):
                self._refuse("confirm_password", "That is not your password.")
        elif not self.errors:
            self.add_error("confirm_password", "Type your password.")

    def _refuse(self, field: str | None, words: str) -> None:
        audit.record(self.request, "confirmation.failed", self.request.user.email)
        self.add_error(field, words)


def _answer(request: StaffRequest) -> ConfirmForm | None:
    is_answer = request.method == "POST" and any(name in request.POST for name in _ANSWERS)
    return ConfirmForm(request, request.POST) if is_answer else None


def _ask(request: StaffRequest, form: ConfirmForm | None) -> HttpResponse:
    here = request.get_full_path()
    if request.htmx:
        return whole_pages.and_back(resolve_url("confirm"), request)
    if request.method != "POST":
        return redirect(f"{resolve_url('confirm')}?{urlencode({'next': here})}")
    kept = [(name, value) for name, values in request.POST.lists() if name not in _NOT_KEPT for value in values]
    shown = {"form": form or ConfirmForm(request), "action": here, "kept": kept}
    return render(request, "accounts/confirm.html", shown, status=422 if form else 200)
