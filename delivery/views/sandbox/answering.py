"""How the sandbox answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from delivery.models import Provider, SandboxRules
from delivery.providers.forms import SandboxRulesForm
from delivery.sandbox.behaviour import SIGNS


@require_safe
@requires(Permission.LOOK)
def rules(request: StaffRequest) -> HttpResponse:
    return _page(request, SandboxRulesForm(instance=SandboxRules.get()))


@require_POST
@requires(Permission.DELIVERY)
def change(request: StaffRequest) -> HttpResponse:
    form = SandboxRulesForm(request.POST, instance=SandboxRules.get())
    if not form.is_valid():
        return _page(request, form, status=422)
    form.save()
    audit.record(request, "sandbox.rules", **form.cleaned_data)
    messages.success(request, "The sandbox answers this way from now on.")
    return redirect("sandbox-answers")


def _page(request: StaffRequest, form: SandboxRulesForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "rules": SandboxRules.get(), "signs": SIGNS, "sandbox": Provider.objects.sandbox()}
    return render(request, "delivery/sandbox/rules.html", context, status=status)
