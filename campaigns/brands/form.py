"""A brand as a form. What is left as it comes stays empty in the kit, so that it follows the organisation."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from accounts.models import BrandKit, Organisation
from accounts.organisation import logo, senders
from accounts.web_addresses import completed
from campaigns.brands import networks
from campaigns.content.blocks import COLOUR
from campaigns.content.mjml import Brand

if TYPE_CHECKING:
    _KitForm = forms.ModelForm[BrandKit]
else:
    _KitForm = forms.ModelForm

_PICTURES = {"accept": "image/png,image/jpeg,image/gif,image/webp"}
_LOGO_HELP = "PNG, JPEG, GIF or WebP, up to 5 MB. Wide ones look best."
_DARK_HELP = "For mail programs in dark mode. Empty: the logo above on a white ground."


class BrandForm(_KitForm):
    name = LineField(label="Name", max_length=200, required=False)
    sender_name = LineField(label="Sender", max_length=120, required=False)
    new_logo = forms.FileField(label="Logo", required=False, help_text=_LOGO_HELP, widget=forms.FileInput(_PICTURES))
    without_logo = forms.BooleanField(label="Remove the logo", required=False)
    new_logo_on_dark = forms.FileField(
        label="Logo on dark", required=False, help_text=_DARK_HELP, widget=forms.FileInput(_PICTURES)
    )
    without_logo_on_dark = forms.BooleanField(label="Remove the logo on dark", required=False)

    class Meta:
        model = BrandKit
        fields = [
            "name",
            "sender_name",
            "sender_email",
            "colour",
            "accent",
            "background",
            "ink",
            "heading_font",
            "body_font",
            "corners",
            "postal_address",
            "footer",
        ]
        labels: ClassVar = {
            "sender_email": "Sender address",
            "colour": "Main colour",
            "accent": "Second colour",
            "background": "Around the mail",
            "ink": "Text",
            "heading_font": "Headings",
            "body_font": "Text and buttons",
            "corners": "Corners of buttons",
            "footer": "Words at the foot",
        }
        help_texts: ClassVar = {
            "colour": "Buttons, links and bands.",
            "accent": "Bands that stand out.",
            "footer": "A register number or a line about you, for example.",
        }
        widgets: ClassVar = {
            **{name: forms.TextInput(attrs={"type": "color"}) for name in BrandKit.COLOURS},
            "postal_address": forms.Textarea(attrs={"rows": 3}),
            "footer": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, organisation: Organisation | None, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._is_own = organisation is not None and organisation.brand == self.instance
        for colour in BrandKit.COLOURS:
            self.initial[colour] = self.initial.get(colour) or getattr(Brand, colour)
        for name in ("heading_font", "body_font", "corners"):
            field: Any = self.fields[name]
            field.choices = [("", "As each template has it"), *[choice for choice in field.choices if choice[0]]]
        self.fields["sender_email"].validators.append(senders.check)
        for name in ("name", "sender_name", "sender_email", "postal_address"):
            own = getattr(organisation, name, "")
            self.fields[name].help_text = f"Empty: {own}" if own else ""
        for network in networks.ALL:
            self.fields[f"social_{network.key}"] = forms.CharField(
                label=network.label,
                max_length=300,
                required=False,
                initial=self.instance.social.get(network.key, ""),
                widget=forms.TextInput(
                    attrs={"inputmode": "url", "placeholder": network.example, "spellcheck": "false"}
                ),
            )

    @property
    def social(self) -> list[Any]:
        """The fields of the networks."""
        return [self[f"social_{network.key}"] for network in networks.ALL]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in BrandKit.COLOURS:
            colour = str(cleaned.get(name, "")).lower()
            if colour and not COLOUR.fullmatch(colour):
                self.add_error(name, "Write the colour as # and six digits, for example #1f4fa8.")
            cleaned[name] = "" if colour == getattr(Brand, name) and name != "colour" else colour
        for field in (f"social_{network.key}" for network in networks.ALL):
            address = completed(" ".join(str(cleaned.get(field, "")).split()))
            if address and not address.lower().startswith(("https://", "http://")):
                self.add_error(field, "Write the whole address, such as https://example.org/us.")
            cleaned[field] = address
        if not (cleaned.get("name") or self._is_own or "name" in self.errors):
            self.add_error("name", "Give it a name: recipients read it at the foot of the mail.")
        return cleaned

    def clean_new_logo(self) -> str:
        return self._stored("new_logo")

    def clean_new_logo_on_dark(self) -> str:
        return self._stored("new_logo_on_dark")

    def _stored(self, field: str) -> str:
        uploaded = self.cleaned_data[field]
        if not uploaded:
            return ""
        try:
            return logo.store(uploaded)
        except logo.Refused as problem:
            raise ValidationError(str(problem)) from problem

    def _post_clean(self) -> None:  # Django's own place for the instance of a form to take what is valid
        super()._post_clean()  # type: ignore[misc]  # unknown to the stubs
        kit, cleaned = self.instance, self.cleaned_data
        for name in ("logo", "logo_on_dark"):
            if cleaned.get(f"without_{name}"):
                setattr(kit, name, "")
            if stored := cleaned.get(f"new_{name}"):
                setattr(kit, name, stored)
        given = {network.key: cleaned.get(f"social_{network.key}", "") for network in networks.ALL}
        kit.social = {key: address for key, address in given.items() if address}
