"""Forms of set-up, of one's own account and of staff."""

from typing import Any, cast

from django import forms

from accounts.fields import LineField, NewPasswordField, SecretField, TimeZoneField, without_name
from accounts.login import present_password, throttling
from accounts.models import Role, User
from accounts.numbers import digits
from accounts.organisation import senders
from accounts.organisation.setting_up import Owner
from accounts.shell.alarms import Alarm


class NumberTyped(forms.Form):
    """How many people something concerns, typed as a confirmation where they are many."""

    typed = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-behaviour": "typed"}),
    )

    def __init__(self, data: Any = None, *, number: int, spared: str, auto_id: str = "id_%s") -> None:
        """`spared`: what has not happened while it is not typed, as a sentence."""
        super().__init__(data, label_suffix="", auto_id=auto_id)
        self._number, self._spared = number, spared
        self.fields["typed"].label = f"To confirm, type the number of people: {number:,}"
        self.fields["typed"].widget.attrs["data-typed"] = str(number)

    def clean_typed(self) -> str:
        if digits(self.cleaned_data["typed"]) != str(self._number):
            raise forms.ValidationError(f"Type {self._number:,} to confirm. {self._spared}")
        return str(self._number)


class SetUpForm(forms.Form):
    owner_name = LineField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    email = forms.EmailField(
        label="Your e-mail address",
        max_length=254,
        help_text="You log in with it, and the first test mail goes to it.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = NewPasswordField()
    name = LineField(
        label="Name of the organisation", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    postal_address = forms.CharField(
        max_length=500,
        help_text="Stands at the foot of every campaign; the law asks for it in most countries.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    time_zone = TimeZoneField(initial="UTC")
    sender_name = LineField(
        max_length=120,
        required=False,
        help_text="Who the mail is from, as people see it in their inbox. Left empty, the name of the organisation.",
    )
    sender_email = forms.EmailField(
        label="Sender address",
        max_length=254,
        validators=[senders.check],
        help_text="An address at a domain of yours. Free mail services refuse mail that others send in their name.",
    )
    with_sample = forms.BooleanField(
        label="Load sample data",
        required=False,
        help_text="A few hundred made-up people and campaigns to look around in. Removed as a whole with one button.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        user = User(email=cleaned.get("email", ""), name=cleaned.get("owner_name", ""))
        NewPasswordField.check_for(self, "password", user)
        return cleaned | {"postal_address": without_name(cleaned.get("postal_address", ""), cleaned.get("name", ""))}

    @property
    def owner(self) -> Owner:
        data = self.cleaned_data
        return Owner(data["owner_name"], data["email"], data["password"])

    @property
    def organisation(self) -> dict[str, str]:
        names = ("name", "postal_address", "time_zone", "sender_name", "sender_email")
        given = {name: self.cleaned_data[name] for name in names}
        return given | {"sender_name": given["sender_name"] or given["name"][:120]}


class SummaryForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    class Meta:
        model = User
        fields = ("wants_summary",)


class AlarmsForm(forms.Form):
    kinds = forms.MultipleChoiceField(
        label="Mail me when",
        choices=Alarm.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        self.initial["kinds"] = [alarm for alarm in Alarm if alarm not in user.muted_alarms]

    def save(self) -> None:
        wanted = self.cleaned_data["kinds"]
        self._user.muted_alarms = [alarm.value for alarm in Alarm if alarm not in wanted]
        self._user.save(update_fields=["muted_alarms"])


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    name = LineField(label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    class Meta:
        model = User
        fields = ["name"]


class PasswordForm(forms.Form):
    current = SecretField(label="Present password", max_length=1000, autocomplete="current-password")
    new = NewPasswordField(label="New password")

    def __init__(self, user: User, address: str, *args: Any, **kwargs: Any) -> None:
        self.user = user
        self.address = address
        super().__init__(*args, **kwargs)

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        try:
            is_right = present_password.is_right(self.user, current, self.address)
        except throttling.Locked as problem:
            raise forms.ValidationError(str(problem)) from problem
        if not is_right:
            raise forms.ValidationError("That is not your present password.")
        return current

    def clean(self) -> dict[str, Any]:
        NewPasswordField.check_for(self, "new", self.user)
        return self.cleaned_data


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(choices=Role.choices, initial=Role.MARKETER)

    def __init__(self, roles: list[Role], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["role"]).choices = [(role.value, role.label) for role in roles]


class JoinForm(forms.Form):
    name = LineField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    password = NewPasswordField()

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        user = User(email=self.email, name=self.cleaned_data.get("name", ""))
        NewPasswordField.check_for(self, "password", user)
        return self.cleaned_data
