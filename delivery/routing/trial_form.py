"""What a person says to see the way of a mail."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from accounts.models import Organisation
from contacts import addresses
from delivery.models import Batch, Provider


class TrialForm(forms.Form):
    email = LineField(label="To", max_length=320)
    sender = LineField(label="From", max_length=320)
    stream = forms.ChoiceField(
        label="Which mail",
        choices=[
            (Batch.Stream.MARKETING, "A campaign"),
            (Batch.Stream.TRANSACTIONAL, "Single mail, such as a test or a confirmation"),
        ],
    )
    own = forms.ModelChoiceField(Provider.objects.none(), label="Launched through", empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["own"].queryset = Provider.objects.for_campaigns()  # type: ignore[attr-defined]

    @staticmethod
    def usual(organisation: Organisation) -> dict[str, Any]:
        return {"sender": organisation.sender_email, "own": Provider.objects.default().pk}

    def clean_email(self) -> str:
        return _address(self.cleaned_data["email"])

    def clean_sender(self) -> str:
        return _address(self.cleaned_data["sender"])


def _address(text: str) -> str:
    try:
        return addresses.normalise(text)
    except addresses.InvalidAddress as problem:
        raise ValidationError(problem.reason) from None
