"""What the team says about the ground on which a list is written to."""

from typing import Any

from django import forms

from accounts.fields import LineField
from contacts.grounds.models import Basis, ListBasis
from contacts.models import Field

LONGEST_IMPLIED_MONTHS = 24  # CASL s. 10(10): after a purchase; 6 after an enquiry
_SPANS = [("", "Until they withdraw"), (6, "6 months"), (12, "1 year"), (24, "2 years"), (36, "3 years")]


def _months(word: str) -> int | None:
    return int(word) if word else None


def months_field() -> forms.TypedChoiceField:
    """How long a legal basis holds, in months; None without an end."""
    return forms.TypedChoiceField(
        choices=_SPANS,
        coerce=_months,
        empty_value=None,
        required=False,
        label="How long it holds",
        help_text="Then they get no more campaigns, unless they have agreed themselves on a page or a form of yours.",
    )


def refuse_too_long(form: forms.BaseForm, basis: str | None) -> None:
    """Implied consent may not outlast what the law gives it. `form` has a `months_field`."""
    months = form.cleaned_data.get("months")
    if basis == Basis.IMPLIED and "months" not in form.errors and not (months and months <= LONGEST_IMPLIED_MONTHS):
        form.add_error("months", "Implied consent ends: 2 years after a purchase, 6 months after an enquiry.")


class BasisForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    basis = forms.ChoiceField(choices=Basis.choices, widget=forms.RadioSelect, label="Legal basis")
    note = LineField(
        max_length=500,
        required=False,
        label="What shows it",
        help_text="For example where they were told, or why your interest outweighs theirs.",
    )
    months = months_field()
    counted_from = forms.ModelChoiceField(
        Field.objects.filter(kind=Field.Kind.DATE),
        required=False,
        empty_label="The day they joined the list",
        label="Counted from",
        help_text="Fields that hold a date, such as the last purchase. Whoever has none there: from joining.",
    )

    class Meta:
        model = ListBasis
        fields = ["basis", "note", "months", "counted_from"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        basis = data.get("basis")
        if basis and basis != Basis.CONSENT and not data.get("note"):
            self.add_error("note", "Say what shows it: without consent you have to be able to explain why you write.")
        refuse_too_long(self, basis)
        return data
