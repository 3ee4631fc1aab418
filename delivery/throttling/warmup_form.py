"""The form that starts a warm-up plan."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from delivery.models import Provider, WarmupPlan
from delivery.policy import warmup
from delivery.providers.server_fields import read_host
from delivery.throttling import warmup_plans

MOST = 10_000_000


class WarmupForm(forms.Form):
    """Of a provider or of a sender domain, one of the two."""

    provider = forms.ModelChoiceField(
        Provider.objects.none(), required=False, empty_label="none", help_text="A new one, or one of your own servers."
    )
    sender_domain = forms.CharField(
        max_length=253, required=False, help_text="Or what stands behind the @ of From, such as news.example.org."
    )
    caps = forms.CharField(
        label="At most so many a day",
        help_text="The first day first. The plan is through after the last.",
        widget=forms.Textarea(attrs={"rows": 3}),
        initial=" ".join(map(str, warmup.CONSERVATIVE)),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        real = Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).order_by("name")
        self.fields["provider"].queryset = real  # type: ignore[attr-defined]

    def clean_sender_domain(self) -> str:
        given = self.cleaned_data["sender_domain"].strip().lower().lstrip("@")
        return read_host(given) if given else ""

    def clean_caps(self) -> list[int]:
        caps = [int(number) for number in re.findall(r"[0-9]{1,9}", self.cleaned_data["caps"].replace(",", ""))]
        if not 1 <= len(caps) <= warmup.MOST_DAYS or not all(0 < cap <= MOST for cap in caps):
            raise ValidationError(f"Enter a number for each day, {warmup.MOST_DAYS} at most, with spaces between.")
        return caps

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        provider, domain = cleaned.get("provider"), cleaned.get("sender_domain", "")
        if "sender_domain" not in self.errors and bool(provider) == bool(domain):
            self.add_error("provider", "Choose a provider or enter a domain, one of the two.")
        running = WarmupPlan.objects.filter(state__in=warmup_plans.AT_WORK)
        if provider and running.filter(provider=provider).exists():
            self.add_error("provider", "It is warming up already.")
        if domain and running.filter(sender_domain=domain).exists():
            self.add_error("sender_domain", "It is warming up already.")
        return cleaned
