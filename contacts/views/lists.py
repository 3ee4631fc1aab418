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
from accounts.wording import isolated
from contacts import audience, consent, list_uses
from contacts.forms import ListForm
from contacts.grounds import expiring
from contacts.growth import charting
from contacts.models import ImportJob, MailingList

TYPED_ABOVE = 5_000  # people: more than that and the name must be typed


@require_GET
@requires(Permission.LOOK)
def lists(request: StaffRequest) -> HttpResponse:
    found = [(one, _growth(one)) for one in _counted()]
    context = {
        "lists": [row for row in found if not row[0].is_archived],
        "archived": [row for row in found if row[0].is_archived],
    }
    return render(request, "contacts/lists/lists.html", context)


@require_GET
@requires(Permission.LOOK)
def mailing_list(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_counted().select_related("basis__counted_from"), pk=pk)
    context = {
        "list": found,
        "growth": _growth(found),
        "grown": charting.over_time([pk], until=timezone.localdate()),
        "summary": audience.summary(audience.Audience(lists=(pk,))),
        "imports": ImportJob.objects.filter(options__lists__contains=pk)[:5],
        "ending": next(iter(expiring.of_lists([pk])), None),
        "planned": [] if found.is_archived else list_uses.of(found),
        "must_type": found.subscribed > TYPED_ABOVE,  # type: ignore[attr-defined]  # annotated below
    }
    return render(request, "contacts/lists/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def add(request: StaffRequest) -> HttpResponse:
    form = ListForm(request.POST or None, initial={"opt_in": MailingList.OptIn.DOUBLE})
    if not form.is_valid():
        return render(request, "contacts/lists/edit.html", {"form": form}, status=422 if form.is_bound else 200)
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
        return render(request, "contacts/lists/edit.html", context, status=422 if form.is_bound else 200)
    form.save()
    audit.record(request, "list.change", found.name, changed=form.changed_data)
    messages.success(request, "Saved.")
    return redirect(found)


@require_POST
@requires(Permission.PEOPLE)
def archive(request: StaffRequest, pk: int) -> HttpResponse:
    """Out of sight and out of use, its people and their consent kept; `back` takes it into use again.

    Where campaigns are planned to it, `sure` says that these were seen.
    """
    found = get_object_or_404(MailingList, pk=pk)
    is_back = "back" in request.POST
    planned = [] if is_back else list_uses.of(found)
    names = ", ".join(f"“{isolated(use.name)}”" for use in planned)
    if planned and "sure" not in request.POST:
        messages.warning(request, f"{names} would not start, so nothing was archived. Archive it here if you mean it.")
        return redirect(found)
    found.archived_at = None if is_back else timezone.now()
    found.save(update_fields=["archived_at"])
    audit.record(request, "list.unarchive" if is_back else "list.archive", found.name)
    words = "is in use again" if is_back else "is archived: nobody chooses it any more, and no campaign goes to it"
    messages.success(request, f"The list {found.name} {words}.")
    if planned:
        messages.warning(request, f"{names} will not start while it is archived.")
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
