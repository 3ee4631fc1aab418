"""What staff say of a provider that is reached by its web interface."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from delivery.models import Provider
from delivery.providers.forms import LIMITS, ProviderForm
from delivery.providers.server_fields import check_port
from delivery.transports.api.catalogue import Entry, Listed

_OPTION = "option_"
_MAILS_A_CONNECTION = 1000


class ApiProviderForm(ProviderForm):
    """The key goes in and never comes out: an empty field keeps the one that is set."""

    class Meta(ProviderForm.Meta):
        fields = ["name", "host", "port", "security", "username", *LIMITS, "connections"]

    def __init__(self, *args: Any, listed: Listed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listed = listed
        self._show_server()
        self._show(self.fields["password"], listed.key)
        self.fields["password"].required = not self.instance.password_sealed
        if listed.user:
            self._show(self.fields["username"], listed.user)
            self.fields["username"].required = True
        else:
            del self.fields["username"]
        for option in listed.options:
            self.fields[_OPTION + option.name] = LineField(
                label=option.label,
                help_text=option.help,
                max_length=200,
                required=not option.optional,
                initial=self.instance.options.get(option.name, ""),
            )
        for name in {"password", "username", *(_OPTION + option.name for option in listed.options)} & set(self.fields):
            self.fields[name].error_messages["required"] = "Copy it from the provider’s console."
        self.fields["connections"].label = "Requests at the same time"

    @property
    def entries(self) -> list[forms.BoundField]:
        first = [name for name in ("name", "host", "port", "security") if name in self.fields]
        options = [name for name in self.fields if name.startswith(_OPTION)]
        last = [name for name in ("username", "password") if name in self.fields]
        return [self[name] for name in (*first, *options, *last)]

    @property
    def sizes(self) -> list[forms.BoundField]:
        return [self["connections"]]

    def clean_port(self) -> int:
        return check_port(self.cleaned_data["port"], (443, 80, 5000, 8080, 8443), "A web interface is at port 443.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "{" in self._listed.host and not self.errors:
            try:
                self.instance.host = self.clean_made_host(self._options(cleaned))
            except ValidationError as problem:
                self.add_error(f"{_OPTION}region", problem)
        return cleaned

    def clean_made_host(self, options: dict[str, str]) -> str:
        made = self._listed.host_for(options)
        if any(not label.replace("-", "").isalnum() for label in options.get("region", "").split(".")):
            raise ValidationError("That is not a region. It looks like eu-central-1.")
        return made

    def save(self, commit: bool = True) -> Provider:
        self.instance.kind = Provider.Kind.API
        self.instance.service = self._listed.service
        self.instance.options = self._options(self.cleaned_data)
        self.instance.messages_per_connection = _MAILS_A_CONNECTION
        if self._listed.host:
            self.instance.port, self.instance.security = 443, Provider.Security.TLS
        return super().save(commit)

    def _options(self, cleaned: dict[str, Any]) -> dict[str, str]:
        return {name.removeprefix(_OPTION): value for name, value in cleaned.items() if name.startswith(_OPTION)}

    def _needs_user(self) -> bool:
        return False  # most know us by a key alone

    def _show_server(self) -> None:
        """Whoever runs a service of one's own says where it is; of the others at most the region."""
        host = self.fields["host"]
        if "{" in self._listed.host:
            del self.fields["host"]
        elif self._listed.host:
            host.initial = self._listed.host
            host.help_text = "Another one only if your account is in another region."
        else:
            host.help_text = "Where your own server’s web interface is, such as postal.example.org."
        if self._listed.host:
            del self.fields["port"], self.fields["security"]
        else:
            self.fields["port"].initial, self.fields["port"].help_text = (
                443,
                "443, unless whoever runs it chose another.",
            )
            self.fields["security"] = forms.ChoiceField(
                label="Encryption",
                choices=[(Provider.Security.TLS, "TLS"), (Provider.Security.NONE, "None (this machine only)")],
                initial=Provider.Security.TLS,
            )

    def _show(self, field: forms.Field, entry: Entry) -> None:
        field.label = entry.label
        field.help_text = f"{entry.help} {field.help_text}".strip()
