"""How the sandbox answers: rules in plain words, added, changed, switched, removed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from delivery.models import Provider, SandboxRule
from delivery.sandbox.behaviour import SIGNS
from delivery.sandbox.simulating import keeping, presets, wording
from delivery.sandbox.simulating.forms import SandboxRuleForm


@require_safe
@requires(Permission.LOOK)
def rules(request: StaffRequest) -> HttpResponse:
    found = SandboxRule.objects.select_related("mailbox")
    context = {
        "rules": [(rule, wording.sentence(rule)) for rule in found],
        "effects": SandboxRule.Effect.choices,
        "presets": presets.PRESETS,
        "signs": SIGNS,
        "sandbox": Provider.objects.sandbox(),
    }
    return render(request, "delivery/sandbox/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def add(request: StaffRequest) -> HttpResponse:
    effect = request.GET.get("effect", "")
    if effect not in SandboxRule.Effect.values:
        raise Http404
    if SandboxRule.objects.count() >= keeping.MOST:
        messages.error(request, f"There are {keeping.MOST} rules. Remove those that nobody needs any more.")
        return redirect("sandbox-answers")
    return _edit(request, SandboxRuleForm(request.POST or None, effect=effect))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def edit(request: StaffRequest, rule_id: int) -> HttpResponse:
    rule = get_object_or_404(SandboxRule, pk=rule_id)
    return _edit(request, SandboxRuleForm(request.POST or None, instance=rule, effect=rule.effect))


@require_POST
@requires(Permission.DELIVERY)
def add_preset(request: StaffRequest) -> HttpResponse:
    preset = next((each for each in presets.PRESETS if each.key == request.POST.get("preset")), None)
    if preset is None:
        raise Http404
    if SandboxRule.objects.count() + len(preset.rules) > keeping.MOST:
        messages.error(request, f"There would be more than {keeping.MOST} rules. Remove some of them.")
        return redirect("sandbox-answers")
    presets.add(preset)
    audit.record(request, "sandbox.rules", preset.name)
    messages.success(request, f"{preset.name}: in effect within a second. It ends when you switch its rules off.")
    return redirect("sandbox-answers")


@require_POST
@requires(Permission.DELIVERY)
def switch(request: StaffRequest, rule_id: int) -> HttpResponse:
    rule = get_object_or_404(SandboxRule, pk=rule_id)
    rule.is_on = request.POST.get("on") == "1"
    rule.save(update_fields=["is_on"])
    audit.record(request, "sandbox.rule_switched", wording.sentence(rule)[:200], is_on=rule.is_on)
    return redirect("sandbox-answers")


@require_POST
@requires(Permission.DELIVERY)
def remove(request: StaffRequest, rule_id: int) -> HttpResponse:
    rule = get_object_or_404(SandboxRule, pk=rule_id)
    said = wording.sentence(rule)
    rule.delete()
    audit.record(request, "sandbox.rule_removed", said[:200])
    messages.success(request, "The rule was removed.")
    return redirect("sandbox-answers")


def _edit(request: StaffRequest, form: SandboxRuleForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        rule = form.save()
        audit.record(request, "sandbox.rule", wording.sentence(rule)[:200])
        messages.success(request, "The sandbox answers this way within a second.")
        return redirect("sandbox-answers")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "rule": form.instance, "explained": wording.EXPLAINED[form.effect]}
    return render(request, "delivery/sandbox/rule.html", context, status=status)
