"""The two pages of a forgotten password."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.fields import NewPasswordField
from accounts.login import resetting, throttling
from accounts.models import Organisation, User


class AskForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class NewPasswordForm(forms.Form):
    new = NewPasswordField(label="New password")

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        self.user = user
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> dict[str, object]:
        NewPasswordField.check_for(self, "new", self.user)
        return self.cleaned_data


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The same answer whether somebody has that address or not."""
    organisation = get_object_or_404(Organisation, id=1)
    form = AskForm(request.POST or None)
    if form.is_valid():
        try:
            resetting.ask(request, organisation, form.cleaned_data["email"])
        except throttling.Locked as problem:
            form.add_error(None, str(problem).replace("wrong tries", "tries"))
        else:
            return render(request, "accounts/reset_asked.html")
    return render(request, "accounts/reset_ask.html", {"form": form}, status=422 if form.is_bound else 200)


@sensitive_post_parameters("new")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    user = resetting.person_of(token)
    if user is None:
        return render(request, "accounts/reset_gone.html", status=404)
    form = NewPasswordForm(user, request.POST or None)
    if not form.is_valid():
        shown = {"form": form, "person": user}
        return render(request, "accounts/reset.html", shown, status=422 if form.is_bound else 200)
    if not resetting.reset(request, token, form.cleaned_data["new"]):
        return render(request, "accounts/reset_gone.html", status=404)
    messages.success(request, "The password is changed, and you were logged out everywhere. Log in with it now.")
    return redirect("account_login")
