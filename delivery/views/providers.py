"""Ways out: listed, added, changed, tried, paused, removed."""

import uuid
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from accounts.secrets import Unreadable
from delivery.models import Provider
from delivery.oauth import services as oauth_services
from delivery.providers import card, following, removal
from delivery.providers.api_form import ApiProviderForm
from delivery.providers.check import runs
from delivery.providers.forms import ProviderForm
from delivery.providers.out_of_service import DRAINED_BY_HAND, PAUSED_BY_HAND
from delivery.providers.presets import Preset, presets
from delivery.routing import circuits
from delivery.transports.api import arrival, catalogue
from delivery.views import connection_testing


@require_safe
@requires(Permission.DELIVERY)
def providers(request: StaffRequest) -> HttpResponse:
    Provider.objects.sandbox()
    shown = Provider.objects.for_campaigns().select_related("breaker")
    return render(request, "delivery/providers.html", {"providers": shown})


@require_safe
@requires(Permission.DELIVERY)
def choose(request: StaffRequest) -> HttpResponse:
    """Each service with what it is good for, and by which ways it takes mail."""
    context = {"tiles": presets().values(), "sandbox": Provider.objects.sandbox()}
    return render(request, "delivery/providers/tiles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
@lately_confirmed
def add(request: StaffRequest) -> HttpResponse:
    preset = presets().get(request.GET.get("preset", ""))
    by_api = preset is not None and preset.api and request.GET.get("by") == "api"
    given = request.POST if request.method == "POST" else None
    if preset and by_api:
        listed = catalogue.services()[preset.service]
        form: ProviderForm = ApiProviderForm(given, initial=preset.initial_of_api, listed=listed)
    else:
        form = ProviderForm(given, initial=preset.initial if preset else None)
    if given is None:
        return _form_page(request, form, preset, by_api=by_api)
    return _save(request, form, preset, "provider.added", by_api=by_api)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
@lately_confirmed
def edit(request: StaffRequest, provider_id: int) -> HttpResponse:
    provider = get_object_or_404(_changeable(), pk=provider_id)
    given = request.POST if request.method == "POST" else None
    listed = catalogue.of(provider)
    form = (
        ApiProviderForm(given, instance=provider, listed=listed) if listed else ProviderForm(given, instance=provider)
    )
    if given is None:
        return _form_page(request, form, by_api=listed is not None)
    return _save(request, form, None, "provider.changed", by_api=listed is not None)


@require_safe
@requires(Permission.DELIVERY)
def provider(request: StaffRequest, provider_id: int) -> HttpResponse:
    shown = _provider(provider_id)
    tested = connection_testing.found(request, partial(runs.find, shown))
    context = {
        "provider": shown,
        **_under_way(shown),
        "card": card.of(shown),
        **_as_default(),
        "listed": catalogue.of(shown),
        "sign_in": oauth_services.of_host(shown.host) if shown.kind == Provider.Kind.SMTP else None,
        "arrival": _arrival(shown),
        **tested,
        "is_of_mail": runs.is_of_mail(tested.get("run")),
    }
    return render(request, "delivery/provider.html", context)


@require_safe
@requires(Permission.DELIVERY)
def health(request: StaffRequest, provider_id: int) -> HttpResponse:
    """The card alone; the page fetches it while the provider is drained."""
    if not request.htmx:
        return redirect("provider", provider_id)
    shown = _provider(provider_id)
    answer = render(request, "delivery/providers/_card.html", {"provider": shown, "card": card.of(shown)})
    if not shown.is_draining:
        answer.headers["HX-Refresh"] = "true"  # the rest of the page says something else now
    return answer


@require_POST
@requires(Permission.DELIVERY)
def test(request: StaffRequest, provider_id: int) -> HttpResponse:
    return _start_test(request, _provider(provider_id))


@require_POST
@requires(Permission.DELIVERY)
def mail_me(request: StaffRequest, provider_id: int) -> HttpResponse:
    """A real mail to whoever presses the button."""
    chosen = get_object_or_404(_changeable(), pk=provider_id)
    audit.record(request, "provider.mailed", chosen.name)
    begin = partial(runs.start_mail, chosen, recipient=request.user.email)
    return connection_testing.start(request, chosen, "provider", begin)


@require_safe
@requires(Permission.DELIVERY)
def test_steps(request: StaffRequest, provider_id: int, key: uuid.UUID) -> HttpResponse:
    shown = _provider(provider_id)
    run = runs.find(shown, key)
    if not request.htmx:
        return redirect(connection_testing.address("provider", provider_id, key))
    context = {"provider": shown, "run": run, "key": key, "is_update": True, "is_of_mail": runs.is_of_mail(run)}
    return render(request, "delivery/_connection_test.html", context)


@require_POST
@requires(Permission.DELIVERY)
def make_default(request: StaffRequest, provider_id: int) -> HttpResponse:
    """Asks first when its last connection test failed, and where drafts go with it that the page did not speak of
    (`said`): every one without a provider of its own does.
    """
    chosen, drafts = _provider(provider_id), following.drafts()
    is_to_ask = chosen.test_failed_at or (drafts and "said" not in request.POST)
    if is_to_ask and "anyway" not in request.POST:
        context = {"provider": chosen, **_as_default()}
        return render(request, "delivery/provider_default.html", context, status=409)
    chosen.make_default()
    audit.record(request, "provider.default", chosen.name)
    too = f", and so {'does 1 draft' if drafts == 1 else f'do {drafts:,} drafts'}" if drafts else ""
    messages.success(request, f"New campaigns leave through {chosen.name}{too}.")
    return redirect("providers")


@require_POST
@requires(Permission.DELIVERY)
def pause(request: StaffRequest, provider_id: int) -> HttpResponse:
    chosen = _provider(provider_id)
    chosen.pause(PAUSED_BY_HAND)
    audit.record(request, "provider.paused", chosen.name)
    messages.success(request, f"{chosen.name} is paused: nothing leaves through it, and nothing is lost.")
    return redirect("provider", provider_id)


@require_POST
@requires(Permission.DELIVERY)
def drain(request: StaffRequest, provider_id: int) -> HttpResponse:
    """What is in hand still leaves; then it is paused."""
    chosen = _provider(provider_id)
    chosen.drain(DRAINED_BY_HAND)
    audit.record(request, "provider.drained", chosen.name)
    return redirect("provider", provider_id)


@require_POST
@requires(Permission.DELIVERY)
def resume(request: StaffRequest, provider_id: int) -> HttpResponse:
    chosen = _provider(provider_id)
    chosen.resume()
    audit.record(request, "provider.resumed", chosen.name)
    messages.success(request, f"{chosen.name} sends again.")
    return redirect("provider", provider_id)


@require_POST
@requires(Permission.DELIVERY)
@lately_confirmed
def remove(request: StaffRequest, provider_id: int) -> HttpResponse:
    chosen = get_object_or_404(_changeable(), pk=provider_id)
    try:
        removal.remove(chosen, cancelling="cancel" in request.POST)
    except removal.ProviderInUse as problem:
        messages.error(request, str(problem))
        return redirect("provider", provider_id)
    audit.record(request, "provider.removed", chosen.name)
    messages.success(request, f"{chosen.name} was removed, and its password with it.")
    return redirect("providers")


def _under_way(shown: Provider) -> dict[str, Any]:
    found = removal.under_way(shown)
    return {
        "under_way": found,
        "is_single_alone": all(each.is_single for each in found),
        "single_waiting": sum(each.waiting for each in found if each.is_single),
    }


def _as_default() -> dict[str, Any]:
    """What now leaves through the default, and through which."""
    return {"default": Provider.objects.default(), "drafts": following.drafts()}


def _arrival(shown: Provider) -> list[arrival.Row]:
    try:
        return arrival.table(shown)
    except Unreadable:
        return []  # its test says so, and what to do


def _provider(provider_id: int) -> Provider:
    return get_object_or_404(Provider.objects.kept(), pk=provider_id)


def _changeable() -> Any:
    """The sandbox follows the settings of this installation and stays."""
    return Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX)


def _save(
    request: StaffRequest, form: ProviderForm, preset: Preset | None, action: str, *, by_api: bool
) -> HttpResponse:
    if not form.is_valid():
        return _form_page(request, form, preset, by_api=by_api, status=422)
    if preset and preset.service:
        form.instance.service = preset.service
    saved = form.save()
    circuits.try_now(saved)
    audit.record(request, action, saved.name, fields=[name for name in form.changed_data if name != "password"])
    if saved.username and not saved.password_sealed and not hasattr(saved, "oauth"):
        return redirect("provider-sign-in", saved.pk)
    if "test" in request.POST:
        return _start_test(request, saved)
    messages.success(request, f"{saved.name} is saved.")
    return redirect("provider", saved.pk)


def _form_page(
    request: StaffRequest, form: ProviderForm, preset: Preset | None = None, *, by_api: bool, status: int = 200
) -> HttpResponse:
    context = {"form": form, "provider": form.instance, "preset": preset, "by_api": by_api}
    return render(request, "delivery/provider_form.html", context, status=status)


def _start_test(request: StaffRequest, chosen: Provider) -> HttpResponse:
    begin = partial(runs.start, chosen, recipient=request.user.email)
    return connection_testing.start(request, chosen, "provider", begin)
