"""Warm-up plans: looked at, started, held, resumed, ended."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from delivery.models import WarmupPlan
from delivery.throttling import warmup_plans as plans
from delivery.throttling.warmup_form import WarmupForm

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.DELIVERY)
def warmups(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, WarmupForm())
    form = WarmupForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    plan = plans.start(**form.cleaned_data)
    audit.record(request, "warmup.started", str(plan))
    messages.success(request, f"{plan} warms up: {plan.cap:,} today.")
    return redirect("warmups")


@require_POST
@requires(Permission.DELIVERY)
def hold(request: StaffRequest, plan_id: int) -> HttpResponse:
    return _change(request, plan_id, WarmupPlan.State.HELD, "stays at this day until you resume it.")


@require_POST
@requires(Permission.DELIVERY)
def resume(request: StaffRequest, plan_id: int) -> HttpResponse:
    return _change(request, plan_id, WarmupPlan.State.ACTIVE, "goes on: a day that goes well brings more.")


@require_POST
@requires(Permission.DELIVERY)
def end(request: StaffRequest, plan_id: int) -> HttpResponse:
    return _change(request, plan_id, WarmupPlan.State.ENDED, "is not held back by a plan any more.")


def _change(request: StaffRequest, plan_id: int, state: WarmupPlan.State, words: str) -> HttpResponse:
    plan = get_object_or_404(WarmupPlan.objects.filter(state__in=plans.AT_WORK), pk=plan_id)
    WarmupPlan.objects.filter(pk=plan.pk, state__in=plans.AT_WORK).update(state=state)
    audit.record(request, f"warmup.{state}", str(plan))
    messages.success(request, f"{plan} {words}")
    return redirect("warmups")


def _page(request: StaffRequest, form: WarmupForm, status: int = 200) -> HttpResponse:
    found = WarmupPlan.objects.select_related("provider").prefetch_related("days").order_by("-id")
    at_work = found.filter(state__in=plans.AT_WORK)
    over = found.exclude(state__in=plans.AT_WORK)[:SHOWN]
    return render(request, "delivery/warmups.html", {"form": form, "plans": at_work, "over": over}, status=status)
