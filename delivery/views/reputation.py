"""Reputation: addresses of one's own, and what blocklists say of them and of the domains."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.egress import networks
from accounts.fields import LineField
from accounts.permissions import Permission, StaffRequest, requires
from contacts.exporting import csv_response
from delivery import tasks
from delivery.deliverability.figures import Deliverability
from delivery.domains.dmarc_reports.figures import since
from delivery.domains.dmarc_reports.models import DmarcCount
from delivery.domains.models import SendingDomain
from delivery.models import Provider, WarmupPlan
from delivery.policy.advice import Figures
from delivery.reputation import checking, lists, over_time
from delivery.reputation.models import AskedBlocklist, MailboxFigure, SendingAddress
from delivery.throttling.warmup_plans import AT_WORK
from delivery.views.reputation_figures import SENT

_DAYS = 30
# key, label, definition
_MAILS = (("mails", "Mails in 30 days", "How many mails from this address the reports of mailboxes count."),)
_SENT = (("accepted", "Accepted in 30 days", "The receiving servers took them."), *SENT[1:])


class AddressForm(forms.Form):
    ip = forms.GenericIPAddressField(
        label="Address",
        help_text="Of a server of your own, or that a provider keeps for you alone, such as 203.0.113.5.",
    )
    note = LineField(label="Note", max_length=80, required=False, help_text="What your team calls it.")
    provider = forms.ModelChoiceField(
        Provider.objects.none(),
        label="Whose mail leaves from it",
        required=False,
        empty_label="Not said",
        help_text="Then complaints, bounces and warm-up of that provider stand on the page of the address.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["provider"].queryset = over_time.providers()  # type: ignore[attr-defined]

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
    if request.GET.get("as") == "csv":
        return _table(request.GET.get("table", ""))
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


def _table(name: str) -> HttpResponse:
    """One of the two of the page, as a file."""
    if name not in _TABLES:
        raise Http404("There is no such table.")
    header, row = _TABLES[name]
    file = f"reputation-{name}-{timezone.localdate():%Y-%m-%d}"
    return cast("HttpResponse", csv_response(file, header, map(row, _context(AddressForm())[name])))


def _row_of_address(row: Mapping[str, Any]) -> tuple[object, ...]:
    address, said = row["address"], row["said"]
    name = (address.reverse_name, "" if address.leads_back is None else address.leads_back)
    return address.ip, address.note, *name, row["mails"], *_said(said), _standings(row["lists"])


def _row_of_domain(row: Mapping[str, Any]) -> tuple[object, ...]:
    own: Figures = row["sent"].own
    counts = (own.accepted, own.hard, own.soft, own.complained)
    return row["domain"].name, *counts, *_said(row["said"]), _standings(row["lists"])


def _said(figure: MailboxFigure | None) -> tuple[object, object]:
    """What the mailbox provider said last: its word, and the share marked as spam in per cent."""
    if figure is None or figure.complained is None:
        return figure.verdict if figure else "", ""
    share = round(figure.complained * 100, 3)
    return figure.verdict, f"under {share}" if figure.is_most else share


def _standings(found: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['list'].name}: {one['standing']}" for one in found)


_TABLES: dict[str, tuple[tuple[str, ...], Callable[[Mapping[str, Any]], tuple[object, ...]]]] = {
    "addresses": (
        (
            *("Address", "Note", "Its name (PTR)", "Leads back", "Mails in 30 days"),
            *("Microsoft says", "Microsoft says: marked as spam %", "Blocklists"),
        ),
        _row_of_address,
    ),
    "domains": (
        (
            *("Domain", "Accepted in 30 days", "Bounced for good", "Bounced for now", "Marked as spam"),
            *("Gmail says", "Gmail says: marked as spam %", "Blocklists"),
        ),
        _row_of_domain,
    ),
}


def _look() -> None:
    transaction.on_commit(partial(tasks.look_at_reputation.delay), robust=True)


def _context(form: AddressForm) -> dict[str, Any]:
    switched_on = {listed.key for listed in checking.asked()}
    addresses = list(SendingAddress.objects.all())
    domains = list(SendingDomain.objects.confirmed().select_related("listing"))
    reported = DmarcCount.objects.filter(ip__in=[one.ip for one in addresses], day__gte=since(_DAYS))
    volumes = dict(reported.order_by().values_list("ip").annotate(Sum("mails")))
    sent = Deliverability(_DAYS).by_domain if domains else {}
    plans = list(WarmupPlan.objects.filter(state__in=AT_WORK))
    by_provider = {plan.provider_id: plan for plan in plans if plan.provider_id}
    by_domain = {plan.sender_domain: plan for plan in plans if plan.sender_domain}
    return {
        "form": form,
        "columns": {"addresses": _MAILS, "domains": _SENT},
        "addresses": [
            {
                "address": one,
                "mails": volumes.get(one.ip),
                "said": said,
                "plan": by_provider.get(one.provider_id),
                "lists": _shown(one.lists),
            }
            for one, said in _with_what_is_said(addresses, "address_id")
        ],
        "domains": [
            {
                "domain": one,
                "sent": over_time.Point(timezone.localdate(), own=sent.get(one.name, Figures())),
                "said": said,
                "plan": by_domain.get(one.name),
                "lists": _shown(one.listing.lists if hasattr(one, "listing") else []),
            }
            for one, said in _with_what_is_said(domains, "domain_id")
        ],
        "blocklists": [(listed, listed.key in switched_on) for listed in lists.known().values()],
        "asks_domains": any(lists.known()[key].of == "domain" for key in switched_on),
        "asks_addresses": any(lists.known()[key].of == "address" for key in switched_on),
    }


def _with_what_is_said(owners: Sequence[Any], whose: str) -> list[tuple[Any, MailboxFigure | None]]:
    """Each with what its mailbox provider said last."""
    lately = MailboxFigure.objects.filter(day__gte=since(_DAYS), **{f"{whose}__in": [one.pk for one in owners]})
    last = {getattr(one, whose): one for one in lately.order_by(whose, "-begins_at").distinct(whose)}
    return [(one, last.get(one.pk)) for one in owners]


def _shown(found: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{**one, "list": lists.known()[one["key"]]} for one in found if one["key"] in lists.known()]
