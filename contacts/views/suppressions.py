"""Suppressed addresses: who gets nothing, why, and the way back."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from contacts import consent
from contacts.models import Contact, ListSuppression, MailingList, Suppression
from contacts.paging import count_in_words, latest_first
from contacts.suppression import lifting, of_lists
from contacts.suppression.forms import LiftForm, SuppressForm
from contacts.suppression.lifting import Way
from contacts.suppression.listing import ONE_LIST, SOURCES, Filter, source_in_words


@dataclass(frozen=True, slots=True)
class Row:
    suppression: Suppression
    contact: Contact | None
    source: str
    way: Way


@require_GET
@requires(Permission.LOOK)
def suppressions(request: StaffRequest) -> HttpResponse:
    chosen = Filter.of(request.GET)
    return _of_lists(request, chosen) if chosen.scope else _of_all_mail(request, chosen)


def _of_all_mail(request: StaffRequest, chosen: Filter, refused: LiftForm | None = None) -> HttpResponse:
    """`refused`: what is to be mended in the dialog of one of the rows; it is open then."""
    found = chosen.apply()
    page = latest_first(found, request)
    return render(
        request,
        "contacts/suppressions.html",
        {
            "rows": _rows(page.rows, request),
            "page": page,
            "counted": count_in_words(found, "address", "addresses"),
            "filter": chosen,
            "sources": SOURCES.items(),
            "none_at_all": not page.rows and chosen.is_empty and not ListSuppression.objects.exists(),
            "refused": refused,
        },
        status=422 if refused else 200,
    )


def _of_lists(request: StaffRequest, chosen: Filter, refused: LiftForm | None = None) -> HttpResponse:
    found = chosen.of_lists()
    page = latest_first(found, request)
    context = {
        "rows": _beside_people(page.rows),
        "page": page,
        "counted": count_in_words(found, "address", "addresses"),
        "filter": chosen,
        "lists": MailingList.objects.filter(suppressions__isnull=False).distinct(),
        "refused": refused,
    }
    return render(request, "contacts/suppressions_of_lists.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def add(request: StaffRequest) -> HttpResponse:
    given = {"addresses": request.GET.get("address", ""), "scope": request.GET.get("list", "")}
    form = SuppressForm(request.POST or None, request.FILES or None, initial=given)
    if not form.is_valid():
        return render(request, "contacts/suppress.html", {"form": form}, status=422 if form.is_bound else 200)
    reason = form.cleaned_data["reason"]
    emails = form.cleaned_data["addresses"]
    if of_list := form.cleaned_data["scope"]:
        return _add_to_list(request, emails, of_list, reason)
    fresh = sum(
        consent.suppress(email, Suppression.Reason.MANUAL, detail=f"{reason} ({request.user})", source="hand")
        for email in emails
    )
    subject = emails[0] if len(emails) == 1 else f"{len(emails)} addresses"
    audit.record(request, "suppression.add", subject, reason=reason)
    messages.success(request, f"{_counted(fresh)} no more mail.{_known(fresh, emails)}")
    return redirect("suppressions")


def _add_to_list(request: StaffRequest, emails: list[str], of_list: MailingList, reason: str) -> HttpResponse:
    fresh = of_lists.suppress(emails, of_list, reason=f"{reason} ({request.user})", by=request.user)
    subject = emails[0] if len(emails) == 1 else f"{len(emails)} addresses"
    audit.record(request, "suppression.add", subject, reason=reason, list=of_list.name)
    said = f"{_counted(fresh)} no more mail of the list {of_list}.{_known(fresh, emails)}"
    messages.success(request, said)
    return redirect(f"{reverse('suppressions')}?for={of_list.pk}")


def _counted(fresh: int) -> str:
    return f"{fresh:,} {'address gets' if fresh == 1 else 'addresses get'}"


def _known(fresh: int, emails: list[str]) -> str:
    return f" {len(emails) - fresh:,} were there already." if fresh < len(emails) else ""


@require_POST
@requires(Permission.PEOPLE)
def lift(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Suppression, pk=pk)
    form = LiftForm(request.POST, pk=pk, why=lifting.WHY)
    if form.is_valid():
        try:
            lifting.lift(found, by=request.user, request=request, **form.cleaned_data)
        except lifting.NotLifted as problem:
            form.add_error("typed", str(problem))
        else:
            messages.success(request, f"{found.email} may get mail again, from the lists it is still subscribed to.")
            return _back(request)
    return _of_all_mail(request, Filter(found.email), form)


@require_POST
@requires(Permission.PEOPLE)
def lift_of_list(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ListSuppression.objects.select_related("list"), pk=pk)
    form = LiftForm(request.POST, pk=pk, why=of_lists.WHY)
    if not form.is_valid():
        return _of_lists(request, Filter(found.email, scope=str(found.list_id)), form)
    of_lists.lift(found, by=request.user, request=request, reason=form.cleaned_data["reason"])
    messages.success(request, f"{found.email} may get mail of the list {found.list} again, while it is on it.")
    return _back(request, ONE_LIST)


def _back(request: StaffRequest, scope: str = "") -> HttpResponse:
    """To the filter and the page where the row stood, which the form's own address says."""
    query = request.GET.urlencode() or (f"for={scope}" if scope else "")
    return redirect(f"{reverse('suppressions')}?{query}" if query else reverse("suppressions"))


def _beside_people(found: list[ListSuppression]) -> list[tuple[ListSuppression, Contact | None]]:
    known = _people([row.email for row in found])
    return [(row, known.get(row.email)) for row in found]


def _people(emails: list[str]) -> dict[str, Contact]:
    people = Contact.objects.annotate(key=Lower("email")).filter(key__in=emails)
    return {person.email.lower(): person for person in people}


def _rows(found: list[Suppression], request: StaffRequest) -> list[Row]:
    known = _people([row.email for row in found])
    ways = lifting.ways(found, request.user)
    return [Row(row, known.get(row.email), source_in_words(row.source), ways[row.pk]) for row in found]
