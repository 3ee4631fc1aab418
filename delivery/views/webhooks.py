"""Providers' reports: where they come in, set up, tried, paused, removed."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from accounts.secrets import Unreadable
from delivery import tasks
from delivery.feedback import wording
from delivery.feedback.webhooks import checking, managing, receiving, signatures
from delivery.feedback.webhooks.catalogue import Kind, kinds
from delivery.feedback.webhooks.forms import KeysForm, WebhookForm
from delivery.feedback.webhooks.lists import keeping
from delivery.models import FeedbackEvent, Returned, Webhook

SHOWN = 20


def context() -> dict[str, Any]:
    """What templates/delivery/_returned_webhooks.html shows."""
    known = Webhook.objects.select_related("provider").order_by("kind", "pk")
    return {"webhooks": [(webhook, kinds()[webhook.kind]) for webhook in known], "offers": managing.offers()}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
@lately_confirmed
def add(request: StaffRequest) -> HttpResponse:
    kind = kinds().get(request.GET.get("kind", ""))
    form = WebhookForm(request.POST or None, kind=kind) if kind else None
    if request.method == "POST" and kind and form and form.is_valid():
        made = managing.add(kind.key, **form.cleaned_data)
        audit.record(request, "webhook.added", kind.name)
        return redirect("webhook", made.pk)
    status = 422 if request.method == "POST" else 200
    given = {"kinds": sorted(kinds().values(), key=lambda each: each.name), "kind": kind, "form": form}
    return render(request, "delivery/webhook_new.html", given, status=status)


@require_safe
@requires(Permission.DELIVERY)
def webhook(request: StaffRequest, webhook_id: int) -> HttpResponse:
    shown, kind = _webhook(webhook_id)
    return _page(request, shown, kind)


@require_POST
@requires(Permission.DELIVERY)
@lately_confirmed
def keys(request: StaffRequest, webhook_id: int) -> HttpResponse:
    shown, kind = _webhook(webhook_id)
    of_list = "list" in request.POST
    form = KeysForm(request.POST, kind=kind, webhook=shown, of_list=of_list)
    if not form.is_valid():
        return _page(request, shown, kind, form, status=422)
    try:
        changed = managing.enter_keys(shown, form.cleaned_data)
    except Unreadable:
        messages.error(request, _UNREADABLE)
        return redirect("webhook", webhook_id)
    audit.record(request, "webhook.keys", kind.name, fields=changed)
    if of_list:
        tasks.read_provider_list.delay(webhook_id=shown.pk)
    messages.success(request, "The key is kept. It is used within a few seconds, and never shown.")
    return redirect("webhook", webhook_id)


@require_POST
@requires(Permission.DELIVERY)
def check(request: StaffRequest, webhook_id: int) -> HttpResponse:
    shown, _ = _webhook(webhook_id)
    try:
        reached = checking.check(shown)
    except checking.NotReached as problem:
        messages.error(request, str(problem))
        return redirect("webhook", webhook_id)
    except Unreadable:
        messages.error(request, _UNREADABLE)
        return redirect("webhook", webhook_id)
    address = reverse("webhook", args=[webhook_id])
    return redirect(f"{address}?check={reached.returned_id}&ms={reached.milliseconds}#check")


@require_safe
@requires(Permission.DELIVERY)
def checked(request: StaffRequest, webhook_id: int) -> HttpResponse:
    shown, _ = _webhook(webhook_id)
    given = _check(request, shown)
    if not request.htmx or not given:
        return redirect("webhook", webhook_id)
    return render(request, "delivery/_webhook_check.html", {"webhook": shown, **given})


@require_POST
@requires(Permission.DELIVERY)
@lately_confirmed
def confirm(request: StaffRequest, webhook_id: int) -> HttpResponse:
    shown, kind = _webhook(webhook_id)
    try:
        topic = managing.confirm_topic(shown)
    except managing.NotConfirmed as problem:
        messages.error(request, str(problem))
        return redirect("webhook", webhook_id)
    audit.record(request, "webhook.topic", kind.name, topic=topic)
    messages.success(request, "The topic is confirmed: what Amazon publishes there is believed.")
    return redirect("webhook", webhook_id)


@require_POST
@requires(Permission.DELIVERY)
def read_list(request: StaffRequest, webhook_id: int) -> HttpResponse:
    shown, kind = _webhook(webhook_id)
    if not kind.list_keys:
        raise Http404
    audit.record(request, "webhook.list", kind.name)
    tasks.read_provider_list.delay(webhook_id=shown.pk)
    messages.success(request, f"The list of {kind.name} is being read. This page shows it when it is there.")
    return redirect("webhook", webhook_id)


@require_POST
@requires(Permission.DELIVERY)
def pause(request: StaffRequest, webhook_id: int) -> HttpResponse:
    return _change(request, webhook_id, Webhook.State.PAUSED, "is paused: it is asked to come again later.")


@require_POST
@requires(Permission.DELIVERY)
def resume(request: StaffRequest, webhook_id: int) -> HttpResponse:
    return _change(request, webhook_id, Webhook.State.ACTIVE, "is listened to again.")


@require_POST
@requires(Permission.DELIVERY)
@lately_confirmed
def remove(request: StaffRequest, webhook_id: int) -> HttpResponse:
    shown, kind = _webhook(webhook_id)
    shown.delete()
    audit.record(request, "webhook.removed", kind.name)
    messages.success(request, f"{kind.name} is not listened to any more. Remove the webhook in its console, too.")
    return redirect(f"{reverse('returned')}#webhooks")


_UNREADABLE = "Its stored secrets cannot be read any more. Remove this webhook and add it anew."


def _webhook(webhook_id: int) -> tuple[Webhook, Kind]:
    shown = get_object_or_404(Webhook.objects.select_related("provider"), pk=webhook_id)
    return shown, kinds()[shown.kind]


def _change(request: StaffRequest, webhook_id: int, state: Webhook.State, words: str) -> HttpResponse:
    shown, kind = _webhook(webhook_id)
    Webhook.objects.filter(pk=shown.pk).update(state=state, silent_since=None)
    audit.record(request, f"webhook.{state}", kind.name)
    messages.success(request, f"{kind.name} {words}")
    return redirect("webhook", webhook_id)


def _page(
    request: StaffRequest, shown: Webhook, kind: Kind, form: KeysForm | None = None, status: int = 200
) -> HttpResponse:
    requests = Returned.objects.defer("raw").filter(source=shown.source).order_by("-id")[:SHOWN]
    given = {
        "webhook": shown,
        "kind": kind,
        "form": form or (KeysForm(kind=kind, webhook=shown) if kind.keys else None),
        "list_form": KeysForm(kind=kind, webhook=shown, of_list=True) if kind.list_keys else None,
        "still_mailed": keeping.still_mailed(shown, SHOWN) if kind.list_keys else [],
        "user": signatures.USER,
        "requests": requests,
        "events": [(event, wording.said(event)) for event in _events(shown)],
        **_addresses(shown),
        **_check(request, shown),
    }
    return render(request, "delivery/webhook.html", given, status=status)


def _events(shown: Webhook) -> Iterable[FeedbackEvent]:
    return FeedbackEvent.objects.filter(source=shown.source).order_by("-id")[:SHOWN]


def _addresses(shown: Webhook) -> dict[str, Any]:
    try:
        address, password = receiving.address(shown), shown.password
    except Unreadable:
        return {"is_unreadable": True}
    scheme, _, rest = address.partition("://")
    with_login = f"{scheme}://{signatures.USER}:{password}@{rest}"
    return {"address": address, "password": password, "with_login": with_login}


def _check(request: HttpRequest, shown: Webhook) -> dict[str, Any]:
    number = request.GET.get("check", "")
    if not number.isdecimal() or len(number) > 18:
        return {}
    found = Returned.objects.defer("raw").filter(pk=int(number), source=shown.source).first()
    ms = request.GET.get("ms", "")
    return {"check": found, "ms": int(ms) if ms.isdecimal() and len(ms) < 7 else None} if found else {}
