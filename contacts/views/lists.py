"""Lists: what people subscribe to."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.organisation import senders
from accounts.permissions import Permission, StaffRequest, requires
from accounts.wording import isolated
from contacts import audience, consent, list_uses
from contacts.exporting import csv_response
from contacts.forms import ListForm
from contacts.grounds import expiring
from contacts.growth import charting
from contacts.models import ImportJob, MailingList, Subscription
from contacts.segments import measuring
from contacts.their_data.collecting import moment

TYPED_ABOVE = 5_000  # people: more than that and the name must be typed


@require_GET
@requires(Permission.LOOK)
def lists(request: StaffRequest) -> HttpResponseBase:
    """`?as=csv`: all of them as a file, those in the archive at its end."""
    places = _places()
    found = [(one, places[one.pk]) for one in MailingList.objects.all()]
    if request.GET.get("as") == "csv":
        header = ("Name", "Seen by", "Subscribed", "Unsubscribed", "Joined in 30 days", "Left in 30 days", "Archived")
        found.sort(key=lambda row: row[0].is_archived)
        return csv_response("lists", header, (_as_line(*row) for row in found))
    context = {
        "lists": [row for row in found if not row[0].is_archived],
        "archived": [row for row in found if row[0].is_archived],
    }
    return render(request, "contacts/lists/lists.html", context)


def _as_line(one: MailingList, places: "Places") -> tuple[object, ...]:
    seen_by = "everybody" if one.is_public else "who is on it"
    lately = (places.joined_lately, places.left_lately)
    return (one.name, seen_by, places.subscribed, places.unsubscribed, *lately, moment(one.archived_at))


@require_GET
@requires(Permission.LOOK)
def mailing_list(request: StaffRequest, pk: int) -> HttpResponse:
    """Who of a long list gets a campaign takes longer to count: that part of the page asks for itself, with `exact`."""
    found = get_object_or_404(MailingList.objects.select_related("basis__counted_from"), pk=pk)
    places, is_asked_again = _places(found)[pk], "exact" in request.GET
    summary = _sum(found, measuring.PATIENT_MS if is_asked_again else measuring.AT_ONCE_MS)
    who = {
        "list": found,
        "places": places,
        "summary": summary,
        "exact_follows": summary is None and not is_asked_again,
    }
    if is_asked_again and request.htmx:
        return render(request, "contacts/lists/_who.html", who)
    context = who | {
        "grown": charting.over_time([pk], until=timezone.localdate()),
        "imports": ImportJob.objects.filter(options__lists__contains=pk)[:5],
        "ending": next(iter(expiring.of_lists([pk])), None),
        "planned": [] if found.is_archived else list_uses.of(found),
        "must_type": places.subscribed > TYPED_ABOVE,
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
    senders.warn(request, made.sender_email)
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
    senders.warn(request, found.sender_email)
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
    found = get_object_or_404(MailingList, pk=pk)
    people = _places(found)[pk].subscribed
    if people > TYPED_ABOVE and request.POST.get("typed", "").strip() != found.name:
        messages.error(request, "Type the name of the list to delete it.")
        return redirect(found)
    audit.record(request, "list.delete", found.name, people=people)
    consent.delete_list(found)
    messages.success(request, f"The list {found.name} is deleted. Its people are still among your contacts.")
    return redirect("lists")


@dataclass(frozen=True)
class Places:
    """How many of its subscriptions stand how, and how that changed in 30 days."""

    subscribed: int = 0
    unsubscribed: int = 0
    unconfirmed: int = 0
    joined_lately: int = 0
    left_lately: int = 0

    @property
    def growth(self) -> str:
        if not self.joined_lately and not self.left_lately:
            return "Nobody joined or left in the last 30 days"
        return f"{self.joined_lately:,} joined and {self.left_lately:,} left in the last 30 days"


def _places(of: MailingList | None = None) -> Mapping[int, Places]:
    """By list; without `of` those of all lists. Apart from the lists themselves, so that a million cost one scan."""
    since = timezone.now() - timedelta(days=30)
    is_in, has_left = Q(state="subscribed"), Q(state="unsubscribed")
    # Who was imported as gone never was here: nothing has changed since it was made.
    changed_lately = Q(changed_at__gte=since, changed_at__gt=F("created_at"))
    asked = Subscription.objects.filter(list=of) if of else Subscription.objects.all()
    counts = {
        "subscribed": Count("pk", filter=is_in),
        "unsubscribed": Count("pk", filter=has_left),
        "unconfirmed": Count("pk", filter=Q(state="unconfirmed")),
        "joined_lately": Count("pk", filter=is_in & Q(created_at__gte=since)),
        "left_lately": Count("pk", filter=has_left & changed_lately),
    }
    rows = asked.order_by().values("list_id").annotate(**counts).values_list("list_id", *counts)
    return defaultdict(Places, {list_id: Places(*found) for list_id, *found in rows})


def _sum(asked: MailingList, patience_ms: int) -> audience.Summary | None:
    """None where it takes longer."""
    try:
        with measuring.within(patience_ms):
            return audience.summary(audience.Audience(lists=(asked.pk,)))
    except measuring.TooSlow:
        return None
