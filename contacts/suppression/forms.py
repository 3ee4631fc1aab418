"""What people type about addresses that are to get no more mail."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.fields import LineField
from accounts.wording import storable
from contacts import addresses
from contacts.models import MailingList


class LiftForm(forms.Form):
    """Of the dialog beside an address. `pk`: of its suppression."""

    reason = LineField(max_length=300, label="Why")
    typed = forms.CharField(required=False)

    def __init__(self, data: QueryDict, *, pk: int, why: str) -> None:
        said = {name: storable(data.get(name, ""), 300) for name in self.base_fields}
        super().__init__(said, label_suffix="", auto_id=f"lift-{pk}-%s")
        self.fields["reason"].error_messages["required"] = why
        self.pk = pk


class SuppressForm(forms.Form):
    addresses = forms.CharField(
        label="Addresses",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=100_000,
        help_text="One in each line.",
    )
    file = forms.FileField(
        required=False, label="Or a file", help_text="Text or CSV with one address in each line, up to 1 MB."
    )
    scope = forms.ModelChoiceField(
        MailingList.objects.all(),
        required=False,
        label="For",
        empty_label="All mail",
        help_text="For one list: its mail stops, whoever adds them to it again; all other mail goes on.",
    )
    reason = LineField(max_length=300, label="Reason", help_text="Whoever wonders later will read this.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "addresses" in data:
            try:
                data["addresses"] = _addresses(f"{data['addresses']}\n{self._file()}")
            except ValidationError as problem:
                self.add_error("addresses", problem)
        return data

    def _file(self) -> str:
        given = self.cleaned_data.get("file")
        return given.read().decode("utf-8-sig", "replace").replace("\0", "") if given else ""


def _addresses(text: str) -> list[str]:
    """The first cell of each line that has something in it; headings of a file are passed over."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        cell = re.split(r"[,;\t]", line, maxsplit=1)[0].strip().strip('"')
        if not cell or cell.lower() in _HEADINGS:
            continue
        try:
            found.append(addresses.normalise(cell))
        except addresses.InvalidAddress as problem:
            raise ValidationError(f"Line {number}, “{cell[:60]}”: {problem.reason}") from None
    if not found:
        raise ValidationError("Write at least one address, or choose a file.")
    return found


_HEADINGS = ("email", "e-mail", "email address", "e-mail address", "address")
