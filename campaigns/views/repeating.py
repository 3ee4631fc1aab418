"""A rehearsal is shown once more with what it foretells, and sent for real."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.numbers import digits, whole_number
from accounts.permissions import Permission, StaffRequest, requires
from campaigns.models import Campaign
from campaigns.sending import launching, repeating
from campaigns.sending.launching import NotReady
from campaigns.views.pages import get_campaign
from delivery.ledger import repeats
from delivery.models import Provider
from delivery.throttling.lane_rates import NAMES


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEND)
def repeat(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask with the numbers, through which way out; then go."""
    found = get_campaign(pk)
    if found.batch is None or not found.batch.rehearsal:
        return redirect(found)
    providers = list(Provider.objects.for_campaigns().exclude(kind=Provider.Kind.SANDBOX))
    asked = request.POST if request.method == "POST" else request.GET
    chosen = whole_number(asked.get("provider"))
    usual = next((one for one in providers if one.pk == chosen or (chosen is None and one.is_default)), None)
    provider = usual or (providers[0] if providers and chosen is None else None)
    if request.method != "POST" or provider is None:
        return _confirm(request, found, provider, providers)
    foretold = repeats.forecast(found.batch, provider)
    if foretold.people > launching.MANY_PEOPLE and digits(request.POST.get("typed", "")) != str(foretold.people):
        return _confirm(request, found, provider, providers, problem="The number does not match. Nothing was sent.")
    try:
        return redirect(repeating.send(found, provider, by=request.user))
    except repeating.NotRepeatable as reason:
        return _confirm(request, found, provider, providers, problem=f"{reason} Nothing was sent.")
    except NotReady:
        return _confirm(request, found, provider, providers, problem="Nothing was sent.")


def _confirm(
    request: StaffRequest, found: Campaign, provider: Provider | None, providers: list[Provider], problem: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "campaign": found,
        "batch": found.batch,
        "provider": provider,
        "providers": providers,
        "problem": problem,
        "obstacle": repeating.obstacle(found),
        "sent": Campaign.objects.filter(repeats=found).exclude(batch=None).first(),
        "hold_seconds": launching.hold_seconds(found.batch.total if found.batch else 0),
    }
    if provider is not None and found.batch is not None:
        foretold = repeats.forecast(found.batch, provider)
        context |= {
            "forecast": foretold,
            "lanes": [(NAMES.get(lane, lane) if lane != "other" else "All others", n) for lane, n in foretold.lanes],
            "needs_typing": foretold.people > launching.MANY_PEOPLE,
            "blocking": [one for one in repeating.findings(found, provider, foretold.people) if one.level == "block"],
        }
    return render(request, "campaigns/repeat.html", context, status=422 if problem else 200)
