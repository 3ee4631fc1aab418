"""Whom to erase, and why."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from contacts import addresses

MOST = 5_000


class EraseForm(forms.Form):
    reason = LineField(
        max_length=300,
        label="How they asked for it",
        help_text="For example “by letter of 12 March”. It stands on the certificate, so name nobody here.",
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if "@" in reason:
            raise ValidationError("Leave addresses out: this text is kept.")
        return reason


class EraseManyForm(EraseForm):
    addresses = forms.CharField(
        label="Addresses", widget=forms.Textarea(attrs={"rows": 6}), max_length=400_000, help_text="One in each line."
    )
    understood = forms.BooleanField(
        label="Erase all of them. This cannot be undone.", error_messages={"required": "Say that you mean it."}
    )
    field_order = ("addresses", "reason", "understood")

    def clean_addresses(self) -> list[str]:
        found: dict[str, Any] = {}
        for number, line in enumerate(filter(str.strip, self.cleaned_data["addresses"].splitlines()), 1):
            try:
                found[addresses.key(addresses.normalise(line.strip()))] = None
            except addresses.InvalidAddress as problem:
                raise ValidationError(f"Line {number}, “{line.strip()[:60]}”: {problem.reason}") from None
        if len(found) > MOST:
            raise ValidationError(f"At most {MOST:,} at once.")
        return list(found)
