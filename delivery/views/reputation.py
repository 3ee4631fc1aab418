"""Reputation: addresses of one's own, and what blocklists say of them and of the domains."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.egress import networks
from accounts.fields import LineField
from accounts.permissions import Permission, StaffRequest, requires
from delivery import tasks
from delivery.domains.dmarc_reports.figures import since
from delivery.domains.dmarc_reports.models import DmarcCount
from delivery.domains.models import SendingDomain
from delivery.reputation import checking, lists
from delivery.reputation.models import AskedBlocklist, SendingAddress

_DAYS = 30


class AddressForm(forms.Form):
    ip = forms.GenericIPAddressField(
        label="Address",
        help_text="Of a server of your own, or that a provider keeps for you alone, such as 203.0.113.5.",
    )
    note = LineField(label="Note", max_length=80, required=False, help_text="What your team calls it.")

    def clean_ip(self) -> str:
        ip = str(self.cleaned_data["ip"])
        if not networks.is_public(networks.read(ip)):
            raise ValidationError("That address is in a private network: no mailbox ever sees it.")
        if SendingAddress.objects.filter(ip=ip).exists():
            raise ValidationError("It is looked up already.")
        if SendingAddress.objects.count() >= checking.MOST:
            raise ValidationError(f"{checking.MOST} addresses are looked up already.")
        return ip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def reputation(request: StaffRequest) -> HttpResponse:
    """What is known, and the form that adds an address."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = SendingAddress.objects.create(**form.cleaned_data)
        audit.record(request, "reputation.address_added", made.ip)
        _look()
        messages.success(request, f"{made.ip} is looked up now, and once a day from now on.")
        return redirect("reputation")
    return render(request, "delivery/reputation.html", _context(form), status=422 if form.errors else 200)


@require_POST
@requires(Permission.DELIVERY)
def look(request: StaffRequest) -> HttpResponse:
    _look()
    messages.success(request, "Everything is looked up now. It takes two minutes at most.")
    return redirect("reputation")


@require_POST
@requires(Permission.DELIVERY)
def remove(request: StaffRequest, address_id: int) -> HttpResponse:
    address = get_object_or_404(SendingAddress, pk=address_id)
    address.delete()
    audit.record(request, "reputation.address_removed", address.ip)
    messages.success(request, f"{address.ip} is no longer looked up.")
    return redirect("reputation")


@require_POST
@requires(Permission.DELIVERY)
def ask(request: StaffRequest) -> HttpResponse:
    """Which blocklists are asked from now on."""
    chosen = sorted(set(request.POST.getlist("lists")) & set(lists.known()))
    AskedBlocklist.objects.exclude(key__in=chosen).delete()
    AskedBlocklist.objects.bulk_create([AskedBlocklist(key=key) for key in chosen], ignore_conflicts=True)
    audit.record(request, "reputation.lists", ", ".join(chosen), lists=chosen)
    _look()
    messages.success(request, "They are asked now, and once a day." if chosen else "No blocklist is asked any more.")
    return redirect("reputation")


def _look() -> None:
    transaction.on_commit(partial(tasks.look_at_reputation.delay), robust=True)


def _context(form: AddressForm) -> dict[str, Any]:
    switched_on = {listed.key for listed in checking.asked()}
    addresses = list(SendingAddress.objects.all())
    reported = DmarcCount.objects.filter(ip__in=[one.ip for one in addresses], day__gte=since(_DAYS))
    volumes = dict(reported.order_by().values_list("ip").annotate(Sum("mails")))
    return {
        "form": form,
        "addresses": [(one, volumes.get(one.ip), _shown(one.lists)) for one in addresses],
        "domains": [
            (one, _shown(one.listing.lists if hasattr(one, "listing") else []))
            for one in SendingDomain.objects.confirmed().select_related("listing")
        ],
        "blocklists": [(listed, listed.key in switched_on) for listed in lists.known().values()],
        "asks_domains": any(lists.known()[key].of == "domain" for key in switched_on),
        "asks_addresses": any(lists.known()[key].of == "address" for key in switched_on),
    }


def _shown(found: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{**one, "list": lists.known()[one["key"]]} for one in found if one["key"] in lists.known()]
