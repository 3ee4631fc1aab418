"""A provider goes into rehearsal and comes back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.login.confirming import lately_confirmed
from accounts.permissions import Permission, StaffRequest, requires
from delivery.models import Provider, SandboxMailbox
from delivery.sandbox.rehearsing import switching
from delivery.sandbox.rehearsing.forms import RehearsalForm
from delivery.views.sandbox.listing import list_url


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def rehearsal(request: StaffRequest, provider_id: int) -> HttpResponse:
    provider = _real(provider_id)
    form = RehearsalForm(request.POST or None, initial={"allowed": "\n".join(provider.rehearsal_allowed)})
    if request.method == "POST" and form.is_valid():
        was = provider.is_in_rehearsal
        try:
            switching.begin(provider, form.cleaned_data["allowed"])
        except switching.NotPossible as problem:
            messages.error(request, str(problem))
            return redirect("provider-rehearsal", provider_id)
        audit.record(request, "provider.rehearsal", provider.name, allowed=len(form.cleaned_data["allowed"]))
        said = "The addresses are changed." if was else f"{provider} is in rehearsal from now on."
        messages.success(request, said)
        return redirect("provider-rehearsal", provider_id)
    mailbox = SandboxMailbox.objects.filter(provider=provider).first()
    context = {
        "provider": provider,
        "form": form,
        "waiting": switching.waiting(provider),
        "mails_url": list_url(mailbox) if mailbox else "",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "delivery/sandbox/rehearsal.html", context, status=status)


@require_POST
@requires(Permission.DELIVERY)
@lately_confirmed
def end(request: StaffRequest, provider_id: int) -> HttpResponse:
    provider = _real(provider_id)
    switching.end(provider)
    audit.record(request, "provider.rehearsal_ended", provider.name)
    messages.success(request, f"{provider} delivers for real again. What was rehearsed stays a rehearsal.")
    return redirect("provider", provider_id)


def _real(provider_id: int) -> Provider:
    provider = get_object_or_404(Provider.objects.kept(), pk=provider_id)
    if provider.is_sandbox:
        raise Http404
    return provider
