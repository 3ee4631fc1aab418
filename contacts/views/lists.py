"""Lists: what people subscribe to."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from contacts import audience, consent
from contacts.forms import ListForm
from contacts.models import ImportJob, MailingList

TYPED_ABOVE = 5_000  # people: more than that and the name must be typed


@require_GET
@requires(Permission.LOOK)
def lists(request: StaffRequest) -> HttpResponse:
    return render(request, "contacts/lists.html", {"lists": [(one, _growth(one)) for one in _counted()]})


@require_GET
@requires(Permission.LOOK)
def mailing_list(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_counted(), pk=pk)
    context = {
        "list": found,
        "growth": _growth(found),
        "summary": audience.summary(audience.Audience(lists=(pk,))),
        "imports": ImportJob.objects.filter(options__lists__contains=pk)[:5],
        "must_type": found.subscribed > TYPED_ABOVE,  # type: ignore[attr-defined]  # annotated below
    }
    return render(request, "contacts/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def add(request: StaffRequest) -> HttpResponse:
    form = ListForm(request.POST or None)
    if not form.is_valid():
        return render(request, "contacts/list_edit.html", {"form": form}, status=422 if form.is_bound else 200)
    made = form.save()
    messages.success(request, f"The list {made} is there. It is empty so far.")
    return redirect(made)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(MailingList, pk=pk)
    form = ListForm(request.POST or None, instance=found)
    if not form.is_valid():
        context = {"form": form, "list": MailingList.objects.get(pk=pk)}
        return render(request, "contacts/list_edit.html", context, status=422 if form.is_bound else 200)
    form.save()
    messages.success(request, "Saved.")
    return redirect(found)


@require_POST
@requires(Permission.PEOPLE)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_counted(), pk=pk)
    people: int = found.subscribed  # type: ignore[attr-defined]
    if people > TYPED_ABOVE and request.POST.get("typed", "").strip() != found.name:
        messages.error(request, "Type the name of the list to delete it.")
        return redirect(found)
    audit.record(request, "list.delete", found.name, people=people)
    consent.delete_list(found)
    messages.success(request, f"The list {found.name} is deleted. Its people are still among your contacts.")
    return redirect("lists")


def _counted() -> "QuerySet[MailingList]":
    """With how many are subscribed, left, wait for confirmation, and how that changed in 30 days."""
    since = timezone.now() - timedelta(days=30)
    is_in, has_left = Q(subscriptions__state="subscribed"), Q(subscriptions__state="unsubscribed")
    # Who was imported as gone never was here: nothing has changed since it was made.
    changed_lately = Q(
        subscriptions__changed_at__gte=since, subscriptions__changed_at__gt=F("subscriptions__created_at")
    )
    return MailingList.objects.annotate(
        subscribed=Count("subscriptions", filter=is_in),
        unsubscribed=Count("subscriptions", filter=has_left),
        unconfirmed=Count("subscriptions", filter=Q(subscriptions__state="unconfirmed")),
        joined_lately=Count("subscriptions", filter=is_in & Q(subscriptions__created_at__gte=since)),
        left_lately=Count("subscriptions", filter=has_left & changed_lately),
    )


def _growth(counted: MailingList) -> str:
    joined: int = counted.joined_lately  # type: ignore[attr-defined]
    left: int = counted.left_lately  # type: ignore[attr-defined]
    if not joined and not left:
        return "Nobody joined or left in the last 30 days"
    return f"{joined:,} joined and {left:,} left in the last 30 days"
