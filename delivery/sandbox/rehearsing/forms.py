"""Whom a provider in rehearsal still writes to."""

from django import forms
from django.core.exceptions import ValidationError

from contacts import addresses

MOST = 50


class RehearsalForm(forms.Form):
    allowed = forms.CharField(
        label="Addresses that get their mail all the same",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=f"One a line, {MOST} at most: your own team. Theirs is the rehearsed mail: what they click or "
        "unsubscribe counts in the rehearsal and changes no record, and the real mail comes to them later like to "
        "everybody.",
    )

    def clean_allowed(self) -> list[str]:
        written = [line.strip() for line in self.cleaned_data["allowed"].splitlines() if line.strip()]
        found = sorted({addresses.key(line) for line in written})
        if wrong := [line for line in written if "@" not in line.strip("@") or " " in line or not line.isascii()]:
            raise ValidationError(f"No address: {wrong[0][:80]}.")
        if len(found) > MOST:
            raise ValidationError(f"These are {len(found)}; {MOST} are possible. Send to more people for real.")
        return found
