"""What a person says to put a provider on a route."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from delivery.models import Batch, Provider
from delivery.providers.server_fields import read_host


class RouteForm(forms.Form):
    stream = forms.ChoiceField(
        label="Which mail",
        required=False,
        choices=[
            ("", "All mail"),
            (Batch.Stream.MARKETING, "Marketing mail"),
            (Batch.Stream.TRANSACTIONAL, "Single mail, such as tests and confirmations"),
        ],
    )
    sender_domain = LineField(
        label="From the domain",
        required=False,
        max_length=255,
        help_text="What stands behind the @ of the sender address. Empty: any.",
    )
    provider = forms.ModelChoiceField(
        Provider.objects.none(),
        label="Leaves through",
        empty_label="Choose a provider",
        help_text="It needs SPF and DKIM for the domain. A route counts for mail through any of its providers.",
        error_messages={"required": "Choose a provider."},
    )
    place = forms.ChoiceField(
        label="When",
        required=False,
        choices=[("after", "When all on this route before it are out"), ("beside", "Together with the last one")],
    )
    weight = forms.IntegerField(
        label="Share",
        min_value=1,
        max_value=100,
        initial=1,
        help_text="From 1 to 100. Of those who carry together, 3 beside 1 carries three mails of four.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        providers = Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).order_by("name")
        self.fields["provider"].queryset = providers  # type: ignore[attr-defined]

    def clean_sender_domain(self) -> str:
        text: str = self.cleaned_data["sender_domain"].rpartition("@")[2]
        if not text:
            return ""
        try:
            return read_host(text)
        except ValidationError:
            raise ValidationError("That is not a domain. It looks like news.example.org.") from None
