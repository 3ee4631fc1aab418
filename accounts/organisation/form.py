"""The settings of the organisation as a form."""

from typing import Any

from django import forms
from django.conf import settings

from accounts.fields import LineField, TimeZoneField, without_name
from accounts.models import Organisation
from accounts.organisation import public_address, senders


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    name = LineField(label="Name", max_length=200)
    time_zone = TimeZoneField()
    sender_name = LineField(max_length=120, help_text="Stands in the From line of new campaigns.")
    public_url = forms.CharField(
        label="Public address",
        max_length=200,
        required=False,
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    approval_above = forms.IntegerField(
        label="Only for more people than",
        required=False,
        min_value=0,
        max_value=1_000_000_000,
        help_text="Campaigns to no more than that go without approval. Empty: each one needs it.",
    )

    class Meta:
        model = Organisation
        fields = [
            *("name", "postal_address", "time_zone", "sender_name", "sender_email", "public_url"),
            *("approval", "approval_above"),
        ]
        labels = {"sender_email": "Sender address", "approval": "A campaign needs approval"}
        help_texts = {
            "postal_address": "Stands at the foot of every campaign.",
            "sender_email": "An address at a domain of yours.",
            "approval": "Before it goes to real people; a rehearsal needs none. A second person is neither the one who "
            "asks nor the one who changed it last. An owner can let it go without, with a reason.",
        }
        widgets = {"postal_address": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["public_url"].help_text = (
            "Links, pictures and unsubscribe pages in mail start with it. It must lead here from everywhere. "
            f"Empty: {settings.PUBLIC_URL}, as this server was started."
        )

        self.fields["sender_email"].validators.append(senders.check)
        self.initial["approval_above"] = self.initial.get("approval_above") or None

    def clean_approval_above(self) -> int:
        return self.cleaned_data["approval_above"] or 0

    def clean_postal_address(self) -> str:
        return without_name(self.cleaned_data["postal_address"], self.cleaned_data.get("name", ""))

    def clean_public_url(self) -> str:
        text: str = self.cleaned_data["public_url"]
        if not text:
            return ""
        try:
            return public_address.clean(text)
        except public_address.Unusable as problem:
            raise forms.ValidationError(str(problem)) from problem
