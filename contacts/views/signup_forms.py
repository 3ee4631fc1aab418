"""Sign-up forms: made, shown with their numbers, paused, copied, put away."""

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.models import Organisation
from accounts.organisation import senders
from accounts.permissions import Permission, StaffRequest, requires
from contacts.exporting import csv_response
from contacts.models import MailingList, SignupForm
from contacts.signup import copying, counting, framing, wording
from contacts.signup.editing import SettingsForm
from contacts.signup.models import SignupFormQuerySet, SignupRequest
from contacts.signup.visitor import VisitorForm, open_lists
from contacts.their_data.collecting import moment

_LATEST = 20


@require_GET
@requires(Permission.LOOK)
def forms(request: StaffRequest) -> HttpResponseBase:
    """`?archived=1`: those in the archive. `?as=csv`: the table as a file."""
    shows_archived = request.GET.get("archived") == "1"
    shown = _counted().exclude(archived_at=None) if shows_archived else _counted().kept()
    if request.GET.get("as") == "csv":
        header = ("Name", "Asked", "Confirmed", "Lapsed", "Paused", "Archived")
        figures = ("asked", "confirmed", "expired")
        lines = (
            (one.name, *(getattr(one, name) for name in figures), moment(one.paused_at), moment(one.archived_at))
            for one in shown
        )
        return csv_response("forms", header, lines)
    archived = SignupForm.objects.exclude(archived_at=None).count()
    context = {"forms": shown, "archived": archived, "shows_archived": shows_archived}
    return render(request, "contacts/forms/forms.html", context)


@require_GET
@requires(Permission.LOOK)
def form(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SignupForm.objects.prefetch_related("lists"), pk=pk)
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    address = f"{base}{reverse('signup', args=[found.key])}"
    context = {
        "form": found,
        "lists": found.lists.all(),
        "open_lists": open_lists(found),
        "asks_to_confirm": any(one.opt_in == MailingList.OptIn.DOUBLE for one in open_lists(found)),
        "sums": counting.sums(found),
        "funnel": counting.funnel(found, timezone.now()),
        "waiting": found.requests.filter(state=SignupRequest.State.WAITING).count(),
        "latest": found.requests.select_related("contact").order_by("-id")[:_LATEST],
        "address": address,
        "frame_code": _frame_code(found, f"{base}{reverse('signup-frame', args=[found.key])}", organisation),
        "code": _code(found, address, organisation),
    }
    return render(request, "contacts/forms/form.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def add(request: StaffRequest) -> HttpResponse:
    return _edit(request, SignupForm(created_by=request.user))


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(SignupForm, pk=pk))


@require_POST
@requires(Permission.PEOPLE)
def duplicate(request: StaffRequest, pk: int) -> HttpResponse:
    made = copying.duplicate(get_object_or_404(SignupForm, pk=pk), by=request.user)
    audit.record(request, "form.add", made.name, form=made.pk)
    messages.success(request, "Here is the copy. It has an address of its own.")
    return redirect("form-edit", made.pk)


@require_POST
@requires(Permission.PEOPLE)
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    """Or let it go on: `go_on` says which."""
    found = get_object_or_404(SignupForm, pk=pk)
    if request.POST.get("go_on"):
        found.go_on()
        audit.record(request, "form.go_on", found.name, form=pk)
        messages.success(request, "The form takes sign-ups again.")
    else:
        found.pause(f"Paused by {request.user}.")
        audit.record(request, "form.pause", found.name, form=pk)
        messages.success(
            request, "It takes no sign-ups until you let it go on. Links in mails that are out still work."
        )
    return redirect(found)


@require_POST
@requires(Permission.PEOPLE)
def archive(request: StaffRequest, pk: int) -> HttpResponse:
    """Or bring it back: `back` says which."""
    found = get_object_or_404(SignupForm, pk=pk)
    found.archived_at = None if request.POST.get("back") else timezone.now()
    found.save(update_fields=["archived_at", "updated_at"])
    audit.record(request, "form.archive" if found.archived_at else "form.unarchive", found.name, form=pk)
    if found.archived_at:
        messages.success(request, f"{found} is in the archive. Its address answers nobody any more.")
        return redirect("forms")
    messages.success(request, "The form is back, at the same address.")
    return redirect(found)


@require_POST
@requires(Permission.PEOPLE)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(SignupForm, pk=pk)
    audit.record(request, "form.delete", found.name, form=pk, **counting.sums(found))
    found.delete()
    messages.success(request, f"The form {found} is deleted. Whoever confirmed stays on their lists.")
    return redirect("forms")


def _edit(request: StaffRequest, found: SignupForm) -> HttpResponse:
    is_new = found.pk is None
    filled = SettingsForm(request.POST or None, instance=found)
    if not filled.is_valid():
        saved = None if is_new else SignupForm.objects.get(pk=found.pk)
        status = 422 if filled.is_bound else 200
        return render(request, "contacts/forms/edit.html", {"form": filled, "saved": saved}, status=status)
    made = filled.save()
    audit.record(request, "form.add" if is_new else "form.change", made.name, form=made.pk)
    messages.success(request, "The form is there. Put its address on your site." if is_new else "Saved.")
    senders.warn(request, made.sender_email)
    return redirect(made)


def _counted() -> SignupFormQuerySet:
    sums: dict[str, Any] = {name: Sum(f"hours__{name}", default=0) for name in counting.COUNTS}
    return SignupForm.objects.annotate(**sums)


def _frame_code(found: SignupForm, address: str, organisation: Organisation | None) -> str:
    """Its script solves the puzzle in a worker, which browsers give to pages of a known origin only: ours it is."""
    allowed = "allow-forms allow-scripts allow-same-origin" if found.proof_of_work else "allow-forms"
    with translation.override(found.language or "en"):
        height = framing.height(VisitorForm(found, open_lists(found)), wording.of(found, organisation))
    return format_html(
        '<iframe src="{}" title="{}" width="100%" height="{}" sandbox="{}" style="border:0"></iframe>',
        address,
        found.title or "Sign up",
        height,
        allowed,
    )


def _code(found: SignupForm, address: str, organisation: Organisation | None) -> str:
    """The form as plain HTML for somebody's own site."""
    with translation.override(found.language or "en"):
        filled, words = VisitorForm(found, open_lists(found)), wording.of(found, organisation)
        where = f"{address}?lang={found.language}" if found.language else address
        context = {"filled": filled, "words": words, "address": where}
        return render_to_string("public/signup/embed.html", context)
