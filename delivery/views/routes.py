"""Which providers carry which mail, in which order."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from delivery.models import Provider, Route
from delivery.routing import editing
from delivery.routing.route_form import RouteForm


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def routes(request: StaffRequest) -> HttpResponse:
    """All of them, and the form that puts a provider on one."""
    form = RouteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _place(request, form)
    real = Provider.objects.kept().exclude(kind=Provider.Kind.SANDBOX).exists()
    context = {"routes": editing.arranged(), "form": form, "has_providers": real}
    return render(request, "delivery/routes.html", context, status=422 if form.errors else 200)


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


def _place(request: StaffRequest, form: RouteForm) -> HttpResponse:
    said = form.cleaned_data
    provider: Provider = said["provider"]
    route = {name: said[name] for name in ("stream", "sender_domain", "provider", "weight")}
    is_new = editing.place(**route, beside=said["place"] == "beside")
    audit.record(request, "route.added", provider.name, stream=said["stream"], sender_domain=said["sender_domain"])
    words = "is on the route now" if is_new else f"was on this route already: its share is {said['weight']} now"
    messages.success(request, f"{provider} {words}.")
    return redirect("routes")
