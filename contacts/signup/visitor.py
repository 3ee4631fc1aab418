"""The form as a visitor fills it in. Its labels and errors are in the language that is active."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.fields import LineField
from contacts import addresses, fields
from contacts.models import Field, MailingList
from contacts.profile_fields import controls
from contacts.signup import questions
from contacts.signup.models import SignupForm
from contacts.signup.robots import hostile
from contacts.tracking_consent import Part

NAMES = ("first_name", "last_name")
HONEYPOT = "homepage"  # hidden from people; programs fill in whatever they find
_COUNTING = "counting-"  # no field of a contact is named so
_LONGEST = 300

Control = forms.Field


def open_lists(form: SignupForm) -> list[MailingList]:
    """Those of the form that can be joined now."""
    return [one for one in form.lists.all() if one.archived_at is None]


class VisitorForm(forms.Form):
    """`lists` are its open ones."""

    def __init__(self, form: SignupForm, lists: Sequence[MailingList], data: Any = None) -> None:
        super().__init__(label_suffix="", auto_id="signup_%s", use_required_attribute=True)
        self._lists = list(lists)
        self.asks_counting = form.asks_counting
        self._kinds: dict[str, Field] = {}
        self.fields["email"] = _address()
        own = {field.key: field for field in Field.objects.all()}
        for entry in form.fields:
            name, required = str(entry.get("key", "")), bool(entry.get("required"))
            if name in NAMES:
                self.fields[name] = _name(name, required)
            elif name in own:
                self._kinds[name] = own[name]
                self.fields[name] = _control(own[name], required)
        if form.visitor_chooses and len(self._lists) > 1:
            self.fields["lists"] = _choice(self._lists)
        if form.asks_counting:
            self.fields.update({f"{_COUNTING}{part}": _counting(part) for part in Part})
        if data is not None:
            self.is_bound, self.data = True, _named(data, self.fields)

    def clean_email(self) -> str:
        text = self.cleaned_data["email"]
        try:
            return addresses.normalise(text)
        except addresses.InvalidAddress:
            raise ValidationError(validate_email.message) from None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for name in NAMES:
            if hostile.is_no_name(data.get(name) or ""):
                self.add_error(name, _("Write a name without links and special characters."))
        for name, field in self._kinds.items():
            if controls.is_value(data.get(name)):
                self._convert(name, field)
        return data

    def values(self) -> dict[str, Any]:
        """What was typed beside the address, as a contact carries it."""
        names = [name for name in self.fields if name in NAMES or name in self._kinds]
        return {name: value for name in names if controls.is_value(value := self.cleaned_data.get(name))}

    def chosen(self) -> list[int]:
        """Of the form's own lists alone, whatever was sent."""
        if "lists" not in self.fields:
            return [one.pk for one in self._lists]
        return [int(number) for number in self.cleaned_data["lists"]]

    def counting(self) -> dict[str, str]:
        """By contacts.tracking_consent.Part what was answered: given or refused."""
        found = {part.value: self.cleaned_data.get(f"{_COUNTING}{part}", "") for part in Part}
        return {part: state for part, state in found.items() if state}

    def _convert(self, name: str, field: Field) -> None:
        value = self.cleaned_data[name]
        try:
            if field.kind == Field.Kind.TEXT and hostile.has_link(value):
                raise fields.BadValue(value)
            if isinstance(value, str) and not field.has_options:
                self.cleaned_data[name] = fields.convert(field.kind, value)
        except fields.BadValue:
            self.add_error(name, _("Please check this."))


def _named(data: Any, names: Collection[str]) -> Any:
    """Forms that somebody wrote for their own site say EMAIL or First_Name: a name in another case is the same name."""
    same = {name.lower(): name for name in names}
    found = data.copy()
    for given in list(data):
        meant = same.get(given.lower(), given)
        if meant not in found:
            found.setlist(meant, data.getlist(given))
    return found


def _address() -> Control:
    widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"})
    return LineField(label=_("E-mail address"), max_length=320, widget=widget)


def _name(name: str, required: bool) -> Control:
    label = _("First name") if name == "first_name" else _("Last name")
    autocomplete = "given-name" if name == "first_name" else "family-name"
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return LineField(label=label, required=required, max_length=200, widget=widget)


def _control(field: Field, required: bool) -> Control:
    """A control for each kind that a contact's field may have."""
    common: dict[str, Any] = {"label": field.label, "required": required, "help_text": field.help_text}
    options = [(str(option), str(option)) for option in field.options]
    match field.kind:
        case Field.Kind.CHOICE:
            return _OneOf(choices=[("", "–"), *options], **common)
        case Field.Kind.CHOICES:
            return _SomeOf(choices=options, widget=forms.CheckboxSelectMultiple, **common)
        case Field.Kind.BOOLEAN:
            return _OneOf(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))], **common)
        case Field.Kind.DATE:
            return LineField(max_length=40, widget=forms.DateInput(attrs={"type": "date"}), **common)
        case Field.Kind.NUMBER:
            return LineField(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
        case Field.Kind.URL:
            return LineField(max_length=_LONGEST, widget=forms.URLInput(), **common)
    return LineField(max_length=_LONGEST, **common)


class _OneOf(forms.ChoiceField):
    def to_python(self, value: Any) -> str:
        return _as_offered(str(value or "").strip(), self.choices)


class _SomeOf(forms.MultipleChoiceField):
    def to_python(self, value: Any) -> list[str]:
        return [_as_offered(one.strip(), self.choices) for one in super().to_python(value)]


def _as_offered(given: str, choices: Any) -> str:
    """The option itself, in whatever case it was written."""
    values = [str(value) for value, _ in choices]
    return given if given in values else next((one for one in values if one.casefold() == given.casefold()), given)


def _choice(lists: Sequence[MailingList]) -> Control:
    return forms.MultipleChoiceField(
        label=_("Which mail would you like?"),
        choices=[(str(one.pk), one.name_for_recipients) for one in lists],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one.")},
    )


def _counting(part: Part) -> Control:
    """Nothing is chosen before somebody chooses, and nobody has to."""
    label = questions.words(part)
    return forms.ChoiceField(label=label, choices=questions.answers(), required=False, widget=forms.RadioSelect)
