"""One form control for each kind of field, for whoever types what is known of a person."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from contacts import fields
from contacts.models import Field

_LONGEST = 10_000


class ValueField(LineField):
    """Text that is read as a value of a kind: "1,5" is the number 1.5."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(max_length=_LONGEST, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return fields.convert(self.kind, text) if text else None
        except fields.BadValue as problem:
            raise ValidationError(str(problem)) from None


def control(own: Field, value: object = None, *, required: bool = False) -> forms.Field:
    """Cleans to a value as contacts carry it, or to nothing. `value`: what is there, and can stay though no option."""
    common: dict[str, Any] = {"label": own.label, "required": required, "help_text": own.help_text}
    match own.kind:
        case Field.Kind.BOOLEAN:
            choices = [("", "Not known"), ("yes", "Yes"), ("no", "No")]
            return ValueField(own.kind, widget=forms.Select(choices=choices), **common)
        case Field.Kind.CHOICE:
            return forms.ChoiceField(choices=[("", "Not known"), *_choices(own, value)], **common)
        case Field.Kind.CHOICES:
            widget = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(choices=_choices(own, value), widget=widget, **common)
        case Field.Kind.DATE:
            return ValueField(own.kind, widget=forms.DateInput(attrs={"type": "date"}), **common)
        case Field.Kind.NUMBER:
            # Not type="number": browsers silently drop what they do not take for one, such as 1,5.
            return ValueField(own.kind, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
        case Field.Kind.URL:
            return ValueField(own.kind, widget=forms.TextInput(attrs={"inputmode": "url"}), **common)
    return ValueField(own.kind, **common)


def initial(own: Field, value: object) -> Any:
    """A stored value as its control begins with it."""
    if own.kind == Field.Kind.CHOICES:
        return _listed(value)
    if own.kind == Field.Kind.BOOLEAN and isinstance(value, bool):
        return "yes" if value else "no"
    return fields.as_text(value)


def is_value(value: object) -> bool:
    """Whether a cleaned value says anything: an empty one is not kept."""
    return value is not None and value not in ("", [])


def _choices(own: Field, value: object) -> list[tuple[str, str]]:
    return [(option, option) for option in dict.fromkeys([*own.options, *_listed(value)])]


def _listed(value: object) -> Sequence[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    text = fields.as_text(value)
    return [text] if text else []
