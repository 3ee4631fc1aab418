"""A host of a sending domain's own for the counted links of its mail."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.organisation import public_address
from accounts.permissions import Permission, StaffRequest, requires
from delivery import tasks
from delivery.domains.link_hosts import leading
from delivery.domains.models import SendingDomain


class LinkHostForm(forms.Form):
    address = forms.CharField(
        label="Host of its counted links",
        max_length=200,
        required=False,
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, domain: SendingDomain, others: str, data: Any = None) -> None:
        """`others`: by which address the links of other domains are counted."""
        super().__init__(data, initial={"address": domain.tracking_url})
        self._before = domain.tracking_url
        self.fields[
            "address"
        ].help_text = f"For example https://go.{domain}. It is asked whether it leads here. Empty: {others}."

    def clean_address(self) -> str:
        return leading.clean(self.cleaned_data["address"], self._before)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def of_domain(request: StaffRequest, domain_id: int) -> HttpResponse:
    domain = get_object_or_404(SendingDomain.objects.confirmed(), pk=domain_id)
    others = request.organisation.tracking_address
    form = LinkHostForm(domain, others, request.POST if request.method == "POST" else None)
    if form.is_valid():
        domain.tracking_url = form.cleaned_data["address"]
        domain.save(update_fields=["tracking_url"])
        audit.record(request, "domain.link_host", domain.name, address=domain.tracking_url)
        domain.ask_for_checks()
        transaction.on_commit(partial(tasks.check_domain.delay, domain_id=domain.pk), robust=True)
        where = domain.tracking_url or others
        messages.success(request, f"Links of campaigns from {domain} that are launched from now on lead to {where}.")
        return redirect(f"{domain.get_absolute_url()}#counted-links")
    leads_to = urlsplit(request.organisation.public_address).hostname or ""
    is_private = public_address.is_private(leads_to)
    shown = {"form": form, "domain": domain, "leads_to": leads_to, "is_private": is_private}
    return render(request, "tracking/link_host.html", shown, status=422 if form.is_bound else 200)
