"""Form fields that several forms share."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.utils import ErrorList
from django.utils.translation import gettext_lazy as _

from accounts.calendar import timezones
from accounts.models import User

_no_control = RegexValidator(
    r"[\x00-\x1f\x7f]", _("There are tabs or other invisible characters in it. Type it anew."), inverse_match=True
)


class LineField(forms.CharField):
    """One line: what goes into a mail header may hold no line break."""

    default_validators = [_no_control]


class TimeZoneField(forms.CharField):
    """A time zone, typed or picked from the list that the page carries under the id `time-zones`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "Time zone")
        options.setdefault("help_text", "Type a city. Times in reports and schedules are shown in this zone.")
        super().__init__(**options)
        self.widget.attrs |= {"list": "time-zones", "autocomplete": "off", "data-behaviour": "timezone"}

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        found = timezones.find(text)
        if found is None:
            raise ValidationError(f"There is no time zone “{text}”. Choose one of the list, for example Europe/Berlin.")
        return found


def without_name(address: str, name: str) -> str:
    """A postal address but for a first line that says whose it is: wherever the address is shown, the name is, too."""
    first, _, rest = address.strip().partition("\n")
    is_name = first.strip(" ,\r").casefold() == name.strip().casefold()
    return rest.strip() if is_name and rest.strip() else address


class _SecretBoundField(forms.BoundField):
    field: "SecretField"

    @property
    def errors(self) -> ErrorList:
        found = super().errors
        if found or not self.form.errors or not self.data:
            return found
        return self.form.error_class([self.field.once_more])


class SecretField(forms.CharField):
    """A password is never sent back to the browser. Where another field is wrong, this one says with `once_more` that
    it is empty again: whoever does not see that would save the rest without it."""

    def __init__(
        self, *, autocomplete: str = "new-password", once_more: str = "Type the password once more.", **options: Any
    ) -> None:
        self.once_more = once_more
        options.setdefault("strip", False)
        super().__init__(widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}), **options)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return _SecretBoundField(form, self, field_name)


class NewPasswordField(SecretField):
    """Typed once, with a button that shows it. `check_for` knows whose it is to be."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "Password")
        options.setdefault("help_text", "At least 8 characters; three or four unrelated words are easy to keep.")
        super().__init__(max_length=1000, **options)

    @staticmethod
    def check_for(form: forms.Form, name: str, user: User) -> None:
        password = form.cleaned_data.get(name)
        if not password:
            return
        try:
            password_validation.validate_password(password, user)
        except ValidationError as problem:
            form.add_error(name, problem)
