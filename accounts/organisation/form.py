"""The settings of the organisation as a form."""

import re
from typing import Any

from django import forms
from django.conf import settings

from accounts.fields import LineField, TimeZoneField
from accounts.models import Organisation
from accounts.organisation import logo, public_address


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
    new_logo = forms.FileField(
        label="Logo",
        required=False,
        help_text="PNG, JPEG, GIF or WebP, up to 5 MB. Wide ones look best.",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )
    without_logo = forms.BooleanField(label="Remove the logo", required=False)

    class Meta:
        model = Organisation
        fields = ["name", "postal_address", "time_zone", "sender_name", "sender_email", "brand_colour", "public_url"]
        labels = {"sender_email": "Sender address", "brand_colour": "Brand colour"}
        help_texts = {
            "postal_address": "Stands at the foot of every campaign.",
            "sender_email": "An address at a domain of yours.",
            "brand_colour": "For buttons and links in new campaigns.",
        }
        widgets = {
            "postal_address": forms.Textarea(attrs={"rows": 3}),
            "brand_colour": forms.TextInput(attrs={"type": "color"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["public_url"].help_text = (
            "Links, pictures and unsubscribe pages in mail start with it. It must lead here from everywhere. "
            f"Empty: {settings.PUBLIC_URL}, as this server was started."
        )

    def clean_brand_colour(self) -> str:
        colour: str = self.cleaned_data["brand_colour"].lower()
        if not re.fullmatch(r"#[0-9a-f]{6}", colour):
            raise forms.ValidationError("Write the colour as # and six digits, for example #1f4fa8.")
        return colour

    def clean_public_url(self) -> str:
        text: str = self.cleaned_data["public_url"]
        if not text:
            return ""
        try:
            return public_address.clean(text)
        except public_address.Unusable as problem:
            raise forms.ValidationError(str(problem)) from problem

    def clean_new_logo(self) -> str:
        uploaded = self.cleaned_data["new_logo"]
        if not uploaded:
            return ""
        try:
            return logo.store(uploaded)
        except logo.Refused as problem:
            raise forms.ValidationError(str(problem)) from problem

    def save(self, commit: bool = True) -> Organisation:
        organisation: Organisation = super().save(commit=False)
        if self.cleaned_data["without_logo"]:
            organisation.logo = ""
        if stored := self.cleaned_data["new_logo"]:
            organisation.logo = stored
        if commit:
            organisation.save()
        return organisation
