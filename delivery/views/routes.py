"""Which providers carry which mail, in which order."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from delivery.models import Provider, Route
from delivery.routing import editing, explain, trying
from delivery.routing.route_form import RouteForm
from delivery.routing.trial_form import TrialForm


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def routes(request: StaffRequest) -> HttpResponse:
    """All of them, and the form that puts a provider on one."""
    form = RouteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _place(request, form)
    own = _through(request)
    context = {
        "routes": editing.arranged(),
        "form": form,
        "has_providers": Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).exists(),
        "own": own,
        "choices": Provider.objects.for_campaigns(),
        "table": explain.table(own),
    }
    return render(request, "delivery/routes.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Permission.DELIVERY)
def attempt(request: StaffRequest) -> HttpResponse:
    """Which way a mail to an address would take; nothing is sent."""
    form = TrialForm(request.GET if "email" in request.GET else None, initial=TrialForm.usual(request.organisation))
    trial = trying.attempt(**form.cleaned_data) if form.is_bound and form.is_valid() else None
    return render(
        request, "delivery/route_trial.html", {"form": form, "trial": trial}, status=422 if form.errors else 200
    )


@require_POST
@requires(Permission.DELIVERY)
def move(request: StaffRequest, route_id: int) -> HttpResponse:
    found = get_object_or_404(Route, pk=route_id)
    editing.move(found, up=request.POST.get("to") == "up")
    audit.record(request, "route.moved", str(found))
    return redirect("routes")


@require_POST
@requires(Permission.DELIVERY)
def remove(request: StaffRequest, route_id: int) -> HttpResponse:
    found = get_object_or_404(Route, pk=route_id)
    editing.remove(found)
    audit.record(request, "route.removed", str(found))
    messages.success(request, f"{found.provider} is off that route.")
    return redirect("routes")


def _through(request: StaffRequest) -> Provider:
    """The provider that the table is about: the one chosen, or the default."""
    chosen = Provider.objects.kept().filter(pk=whole_number(request.GET.get("through")) or 0).first()
    return chosen or Provider.objects.default()


def _place(request: StaffRequest, form: RouteForm) -> HttpResponse:
    said = form.cleaned_data
    provider: Provider = said["provider"]
    route = {name: said[name] for name in ("stream", "sender_domain", "provider", "weight")}
    is_new = editing.place(**route, beside=said["place"] == "beside")
    audit.record(request, "route.added", provider.name, stream=said["stream"], sender_domain=said["sender_domain"])
    words = "is on the route now" if is_new else f"was on this route already: its share is {said['weight']} now"
    messages.success(request, f"{provider} {words}.")
    return redirect("routes")
