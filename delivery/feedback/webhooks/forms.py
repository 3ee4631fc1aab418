"""What staff say of a webhook."""

from typing import Any

from django import forms

from accounts.fields import LineField, SecretField
from accounts.secrets import Unreadable
from accounts.templatetags.shell import day
from delivery.feedback.webhooks.catalogue import Kind
from delivery.models import Provider, Webhook
from delivery.providers import services


class WebhookForm(forms.Form):
    provider = forms.ModelChoiceField(
        Provider.objects.none(),
        required=False,
        empty_label="Several, or none of these",
        help_text="Whose mail it reports on: when events stop while that provider accepts mail, you are told.",
    )
    label = LineField(max_length=80, required=False, help_text="Tells two accounts with the same provider apart.")

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).order_by("name")
        field = self.fields["provider"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # for the types
        field.queryset = kept
        fitting = [provider for provider in kept if services.of_host(provider.host) == kind.key]
        if len(fitting) == 1:
            field.initial = fitting[0].pk


class KeysForm(forms.Form):
    """Keys go in and never come out: an empty field keeps the one that is set."""

    def __init__(self, *args: Any, kind: Kind, webhook: Webhook, of_list: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = f" Set {day(webhook.keys_set_at)}; leave this empty to keep it." if webhook.keys_set_at else ""
        known = _known(webhook)
        for key in kind.list_keys if of_list else kind.keys:
            self.fields[key.name] = SecretField(
                label=key.label,
                max_length=5_000,
                required=not of_list and key.name not in known,
                help_text=f"{key.help}{kept if key.name in known else ''}",
                strip=True,
                autocomplete="off",
                once_more="Paste it once more.",
                error_messages={"required": "Paste it from the provider’s console."},
            )


def _known(webhook: Webhook) -> set[str]:
    try:
        return {name for name, value in webhook.keys.items() if value}
    except Unreadable:
        return set()
