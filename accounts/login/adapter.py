"""How logging in works here: by address, by invitation only, throttled by who tries and from where."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from accounts import audit
from accounts.login import known_browsers, throttling
from accounts.models import User
from accounts.two_factor import codes, stage


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "This address and this password do not belong together. "
        "Look for a typing error, or for capital letters that are locked.",
        "incorrect_password": "That is not your password.",
        "account_inactive": "This login was deactivated.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page that follows says enough."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        who = credentials.get("email") or ""
        where = known_browsers.place(request, who)
        try:
            throttling.begin(who, where)
        except throttling.Locked as problem:
            if factor := codes.lift_lock(request, who, request.POST.get("code", "")):
                stage.passed(request, factor.user_id)
                return
            raise ValidationError(str(problem), code="locked") from problem

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user:
            who = credentials.get("email") or ""
            throttling.forget(who, known_browsers.place(request, who))
            codes.forget_lifting(request, who)
        return user

    def get_login_stages(self) -> list[str]:
        return ["accounts.two_factor.stage.SecondFactorStage"]

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth's own counter, which ours replaces."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The trail names who was tried only if they work here: the field may hold anything."""
        email = credentials.get("email") or ""
        person = User.objects.filter(email__iexact=email.strip()).first()
        now_locked = throttling.is_locked(email, known_browsers.place(request, email))
        audit.record(request, "login.failed", person.email if person else "", locked=now_locked)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        audit.record(request, "login.succeeded", user.email)
        known_browsers.remember(request, response, user)
        return response


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """Labels say what the fields are; words inside them would only be in the way."""

    code = forms.CharField(
        label="Code of your second factor",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
        self.fields["login"].label = "E-mail address"
        self.fields["code"].help_text = "With your password and this code you get in without waiting."

    @property
    def is_locked(self) -> bool:
        return any(problem.code == "locked" for problem in self.non_field_errors().as_data())
