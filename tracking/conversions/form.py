"""What people type about a goal."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError

from accounts.fields import LineField
from accounts.web_addresses import ascii_host
from tracking.conversions.models import Goal
from tracking.conversions.reported import CURRENCY, MOST_WORTH

_HOST = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")
_MOST_SITES = 20
_CHARS_OF_SITES = 6_000


class GoalForm(forms.ModelForm):  # type: ignore[type-arg]
    name = LineField(label="Name", max_length=80, help_text="As it stands in reports: Order, Sign-up, Download.")
    sites = forms.CharField(
        label="Your sites",
        max_length=_CHARS_OF_SITES,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "placeholder": "shop.example.com"}),
        help_text="One a line. Links of later campaigns to them, and to names below them, get a sign: ?tpid=…",
    )
    worth = forms.DecimalField(
        label="Worth of one",
        required=False,
        min_value=0,
        max_value=MOST_WORTH,
        decimal_places=2,
        help_text="When your site tells none. Empty: it is counted and worth nothing in money.",
    )
    currency = LineField(label="Currency", required=False, max_length=3, help_text="Three letters, such as EUR.")
    days = forms.IntegerField(
        label="Counts for",
        min_value=1,
        max_value=365,
        initial=30,
        help_text="From 1 to 365 days from the mail on. What happens later has other reasons.",
    )
    is_paused = forms.BooleanField(
        label="Paused: nothing is counted, and later campaigns carry no sign", required=False
    )

    class Meta:
        model = Goal
        fields = ("name", "sites", "worth", "currency", "days", "is_paused")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["sites"] = "\n".join(self.instance.sites)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Goal.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("There is a goal of that name already.")
        return name

    def clean_sites(self) -> list[str]:
        typed: str = self.cleaned_data["sites"]
        found = list(dict.fromkeys(_host(word) for word in re.split(r"[\s,;]+", typed) if word))
        if len(found) > _MOST_SITES:
            raise ValidationError(f"At most {_MOST_SITES} sites.")
        return found

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].upper()
        if currency and not CURRENCY.fullmatch(currency):
            raise ValidationError("A currency has three letters, such as EUR.")
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("worth") is not None and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", "Say in which currency, such as EUR.")
        return cleaned


def _host(word: str) -> str:
    """Of a host or a whole address. Raises ValidationError."""
    try:
        named = urlsplit(word if "//" in word else f"//{word}").hostname or ""
        host = ascii_host(named.rstrip("."))
    except ValueError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValidationError(f"“{word[:80]}” is no site. Write its name, such as shop.example.com.")
    return host
