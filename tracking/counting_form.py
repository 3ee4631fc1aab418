"""The settings about opens and clicks as a form."""

from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.organisation.measuring import AddressKept, Tracking
from delivery.domains.link_hosts import leading

_MODES = [
    (Tracking.INDIVIDUAL, "By person: you see who opened and clicked what. In the EU each of them has to agree first."),
    (
        Tracking.ANONYMOUS,
        "Anonymously: you see how often, never who. All mails of a campaign carry the same addresses.",
    ),
    (Tracking.OFF, "Not at all: no picture that counts, and links lead straight to where you put them."),
]
_UNKNOWN = [(True, "Count them, until they say no"), (False, "Do not count them, until they say yes")]
_ADDRESSES = [
    (AddressKept.NEIGHBOURHOOD, "Shortened: enough for a region, too little for a person"),
    (AddressKept.NONE, "Not at all"),
    (AddressKept.FULL, "In full: personal data that your privacy notice has to name"),
]


class CountingForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    tracking = forms.ChoiceField(
        label="New campaigns count opens and clicks",
        choices=_MODES,
        widget=forms.RadioSelect,
        help_text="Each campaign can choose for itself. What was sent keeps what it was sent with.",
    )
    measures_unknown_opens = forms.TypedChoiceField(
        label="Opens of people you never asked",
        choices=_UNKNOWN,
        coerce=lambda word: word == "True",
        widget=forms.RadioSelect,
    )
    measures_unknown_clicks = forms.TypedChoiceField(
        label="Clicks of people you never asked",
        choices=_UNKNOWN,
        coerce=lambda word: word == "True",
        widget=forms.RadioSelect,
    )
    address_kept = forms.ChoiceField(
        label="Internet addresses that opens and clicks come from", choices=_ADDRESSES, widget=forms.RadioSelect
    )
    tracking_url = forms.CharField(
        label="Own host for counted links",
        max_length=200,
        required=False,
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    class Meta:
        model = Organisation
        fields = ["tracking", "measures_unknown_opens", "measures_unknown_clicks", "address_kept", "tracking_url"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._before = self.instance.tracking_url
        self.fields["tracking_url"].help_text = (
            "For example https://go.example.org, best at the domain you send from. It is asked whether it leads here. "
            f"Empty: {self.instance.public_address}. Mails already sent keep their addresses: let an old name go on "
            "leading here."
        )

    def clean_tracking_url(self) -> str:
        return leading.clean(self.cleaned_data["tracking_url"], self._before)
