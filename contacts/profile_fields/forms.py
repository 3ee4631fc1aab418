"""What people type about a field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from contacts import fields
from contacts.models import Field
from contacts.profile_fields import changing, options

_UNSAYABLE = frozenset("{}\\")  # no text in a merge tag can hold it


class OptionsField(forms.CharField):
    """Choices, one in each line."""

    def __init__(self, **extra: Any) -> None:
        extra.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        super().__init__(max_length=options.MOST * (fields.LONGEST_OPTION + 2), required=False, **extra)

    def clean(self, value: Any) -> list[str]:
        try:
            return options.read(super().clean(value))
        except fields.BadValue as problem:
            raise ValidationError(str(problem)) from None


class MoreOptionsForm(forms.Form):
    options = OptionsField(label="More choices", help_text="One in each line.")


class WordsForm(forms.Form):
    """What people read about a field; mails go on naming it by its key."""

    label = LineField(max_length=120, label="Name", help_text="For example City or Birthday.")
    default = LineField(
        max_length=100,
        required=False,
        label="In mails, when it is empty",
        help_text="What a merge tag says for people without a value, for example “your town”. "
        "Words in the tag itself come before these.",
    )
    help_text = LineField(
        max_length=300, required=False, label="Help", help_text="Read under the field by whoever fills it in."
    )

    def clean_label(self) -> str:
        return " ".join(str(self.cleaned_data["label"]).split())

    def clean_default(self) -> str:
        words = str(self.cleaned_data["default"])
        if _UNSAYABLE & set(words):
            raise ValidationError("Leave out braces and backslashes: a merge tag cannot say them.")
        return words


class NewFieldForm(WordsForm):
    kind = forms.ChoiceField(choices=Field.Kind.choices, label="Kind")
    options = OptionsField(label="Choices", help_text="One in each line.")

    field_order = ("label", "kind", "options", "default", "help_text")

    def clean_label(self) -> str:
        label = super().clean_label()
        key = fields.key_for(label)
        if Field.objects.filter(key=key).exists():
            raise ValidationError("There is a field of that name already.")
        if changing.current(key):
            raise ValidationError("A field of that name is just being deleted. Wait until that has ended.")
        return label

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") in options.KINDS and not data.get("options") and "options" not in self.errors:
            self.add_error("options", "Say what may be chosen, one in each line.")
        return data

    def save(self) -> Field:
        data = self.cleaned_data
        return Field.objects.create(
            key=fields.key_for(data["label"]),
            label=data["label"],
            kind=data["kind"],
            options=data["options"] if data["kind"] in options.KINDS else [],
            default=data["default"],
            help_text=data["help_text"],
            position=Field.objects.count(),
        )


class OptionForm(forms.Form):
    """A choice of a field under a new name."""

    old = LineField(max_length=fields.LONGEST_OPTION)
    new = LineField(max_length=fields.LONGEST_OPTION, required=False)

    def __init__(self, *args: Any, field: Field, **more: Any) -> None:
        self.field = field
        super().__init__(*args, **more)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        old, new = data.get("old", ""), " ".join(data.get("new", "").split())
        if old not in self.field.options:
            raise ValidationError("That choice is not there any more. Look at the field again.")
        if any(new.casefold() == other.casefold() for other in self.field.options if other != old):
            raise ValidationError(
                f"There is a choice “{new}” already. To join the two, remove one and choose the other."
            )
        return data | {"new": new}
