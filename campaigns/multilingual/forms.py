"""Which language a mail gets besides, and which one its own words are in."""

from typing import Any

from django import forms

from campaigns.models import Campaign
from campaigns.multilingual import changing
from contacts.guessing import languages

_ANOTHER = "Choose a language that the mail is not written in yet."
_ONE = "Choose a language from the list."


class AddLanguageForm(forms.Form):
    language = forms.ChoiceField(label="Language", error_messages={"required": _ANOTHER, "invalid_choice": _ANOTHER})

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        super().__init__(data, auto_id="%s-add", label_suffix="")
        field: Any = self.fields["language"]
        field.choices = [("", "Choose one"), *changing.offered(campaign)]


class OwnLanguageForm(forms.Form):
    language = forms.ChoiceField(
        label="The default is written in",
        choices=languages.of_mails,
        help_text="Programs that read a mail aloud or translate it go by this.",
        error_messages={"required": _ONE, "invalid_choice": _ONE},
    )

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        super().__init__(data, auto_id="%s-own", label_suffix="", initial={"language": campaign.language})
