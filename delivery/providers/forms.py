"""The form of providers."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from accounts.fields import LineField, SecretField
from delivery.models import Provider
from delivery.oauth import services as oauth_services
from delivery.providers.server_fields import (
    check_port,
    host_field,
    is_this_machine,
    name_field,
    ports_help,
    read_host,
    secret_help,
)

SMTP_PORTS = (25, 465, 587, 2525)
MAX_CONNECTIONS = 200
LIMITS = ("per_second", "per_minute", "per_hour", "per_day")


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable when it runs
    """The password goes in and never comes out: an empty field keeps the one that is set."""

    name = name_field("What your team calls it: “Send to 12,014 people through …”.")
    host = host_field("Such as smtp.example.org.")
    username = LineField(label="User name", max_length=255, required=False)
    password = SecretField(max_length=1000, required=False)

    class Meta:
        model = Provider
        fields = ["name", "host", "port", "security", "username", *LIMITS, "connections", "messages_per_connection"]
        labels = {
            "security": "Encryption",
            "per_second": "A second",
            "per_minute": "A minute",
            "per_hour": "An hour",
            "per_day": "A day",
            "messages_per_connection": "Mails a connection",
        }
        help_texts = {
            "port": (
                "587: the usual one, with STARTTLS. 465: TLS from the first byte. 2525: like 587, where a network "
                "blocks that. 25: between mail servers; most networks block it."
            ),
            "security": "Without encryption only a server on this machine may be used.",
            "connections": f"At the same time, over all workers: from 1 to {MAX_CONNECTIONS}.",
            "messages_per_connection": "After that many a new connection is opened. At least 1.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = secret_help(self.instance.password_set_at)
        if "port" in self.fields:
            self.fields["port"].widget.attrs |= {"min": 1, "max": 65535}
            self.fields["port"].help_text += f" {ports_help()}"
        for name in {*LIMITS, "connections", "messages_per_connection"} & set(self.fields):
            self.fields[name].widget.attrs["min"] = 1
            self.fields[name].validators.append(MinValueValidator(1))
        self.fields["connections"].validators.append(MaxValueValidator(MAX_CONNECTIONS))

    @property
    def entries(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "host", "port", "security", "username", "password")]

    @property
    def sizes(self) -> list[forms.BoundField]:
        return [self["connections"], self["messages_per_connection"]]

    @property
    def limits(self) -> list[forms.BoundField]:
        return [self[name] for name in LIMITS]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Provider.objects.kept().filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is already a provider of that name.")
        return name

    def clean_host(self) -> str:
        return read_host(self.cleaned_data["host"])

    def clean_port(self) -> int:
        usual = (*SMTP_PORTS, settings.SANDBOX_PORT)
        return check_port(self.cleaned_data["port"], usual, "Mail leaves through port 587, 465, 2525 or 25.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("security") == Provider.Security.NONE and not is_this_machine(cleaned.get("host", "")):
            self.add_error("security", "Choose STARTTLS or TLS: only a server on this machine may go without.")
        if self._keeps_password() and self._leads_elsewhere():
            self.add_error("password", "Enter the password again: the stored one is not sent to another server.")
        may_sign_in = oauth_services.of_host(cleaned.get("host", "")) is not None  # by a token, on a page of its own
        has_password = cleaned.get("password") or self.instance.password_sealed
        if cleaned.get("username") and not has_password and not may_sign_in and "password" not in self.errors:
            self.add_error("password", "A user name needs a password.")
        return cleaned

    def save(self, commit: bool = True) -> Provider:
        provider: Provider = super().save(commit=False)
        if not provider.username and self._needs_user():
            provider.password = ""
        elif self.cleaned_data["password"]:
            provider.password = self.cleaned_data["password"]
        if provider.pk and provider.kind == Provider.Kind.SMTP and "host" in self.changed_data:
            provider.service = ""  # another server may be another service's
        if self.changed_data:
            # What was found out with other settings says nothing of these.
            provider.test_failed_at, provider.test_problem = None, ""
        if commit:
            provider.save()
        return provider

    def _keeps_password(self) -> bool:
        return bool(
            self.instance.password_sealed
            and (self.cleaned_data.get("username") or not self._needs_user())
            and not self.cleaned_data.get("password")
            and "password" not in self.errors
        )

    def _needs_user(self) -> bool:
        """Whether a password without a user name is none."""
        return True

    def _leads_elsewhere(self) -> bool:
        """Whoever may change the server must not learn the password by pointing it at one of their own."""
        return bool({"host", "port", "security"} & set(self.changed_data))
