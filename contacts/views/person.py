"""One person: added, shown, and what is done to them by hand."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from contacts import consent, timeline
from contacts.addresses import key
from contacts.bulk import changes as bulk_changes
from contacts.bulk.actions import EVERY
from contacts.bulk.selection import Selection
from contacts.filtering import Chip
from contacts.forms import ContactForm, NewContactForm, ResubscribeForm, UnsubscribeForm
from contacts.merging import known, parting
from contacts.models import Contact, MailingList, Subscription, Suppression
from contacts.profile import shown
from contacts.suppression import lifting, of_lists
from contacts.views.bulk import to_outcome

_PROOFS = 10


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def add(request: StaffRequest) -> HttpResponse:
    form = NewContactForm(request.POST or None, initial={"lists": request.GET.getlist("list")})
    if not form.is_valid():
        return _edit_page(request, form, None)
    contact = form.add(by=request.user)
    if Suppression.objects.filter(email=key(contact.email)).exists():
        messages.warning(request, f"{contact.email} is added, but the address is suppressed and gets no mail.")
    else:
        messages.success(request, f"{contact.email} is added.")
    return redirect(contact)


@require_GET
@requires(Permission.LOOK)
def contact(request: StaffRequest, pk: int) -> HttpResponse:
    """Who was merged is found where they are now."""
    person = known.present(pk)
    if person is None:
        raise Http404
    return redirect(person) if person.pk != pk else _person_page(request, person)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Contact, pk=pk)
    form = ContactForm(request.POST or None, contact=person)
    if not form.is_valid():
        return _edit_page(request, form, person)
    form.save(by=request.user)
    messages.success(request, "Saved.")
    return redirect(person)


@require_POST
@requires(Permission.PEOPLE)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    """As from the table: there is its Undo."""
    person = get_object_or_404(Contact, pk=pk)
    made = bulk_changes.begin(EVERY["delete"], {}, Selection((pk,)), expected=1, by=request.user, subject=person.email)
    return to_outcome(request, made, reverse("contacts"))


@require_POST
@requires(Permission.PEOPLE)
def unsubscribe(request: StaffRequest, pk: int) -> HttpResponse:
    """From the list named `list`, or from everything."""
    person = get_object_or_404(Contact, pk=pk)
    form = UnsubscribeForm(request.POST)
    if not form.is_valid():
        return _person_page(request, person, unsubscribe_form=form)
    wanted = request.POST.get("list", "")
    mailing_list = get_object_or_404(MailingList, pk=whole_number(wanted)) if wanted else None
    consent.unsubscribe(
        person,
        lists=[mailing_list.pk] if mailing_list else None,
        channel="hand",
        by=request.user,
        text=form.cleaned_data["reason"],
    )
    messages.success(request, f"{person.email} is unsubscribed from {mailing_list or 'everything'}.")
    return redirect(person)


@require_POST
@requires(Permission.PEOPLE)
def resubscribe(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Contact, pk=pk)
    form = _resubscribe_form(request, person, _suppression(person), request.POST)
    if not form.is_valid():
        return _person_page(request, person, resubscribe_form=form)
    lists = [chosen.pk for chosen in form.cleaned_data["lists"]]
    try:
        lifting.check(_suppression(person), by=request.user, typed=request.POST.get("typed", ""))
        consent.resubscribe(person, lists=lists, channel="hand", by=request.user, text=form.cleaned_data["reason"])
    except consent.StillSuppressed as problem:
        form.add_error(None, str(problem))
        return _person_page(request, person, resubscribe_form=form)
    except lifting.NotLifted as problem:
        form.add_error("typed" if "typed" in form.fields else None, str(problem))
        return _person_page(request, person, resubscribe_form=form)
    audit.record(request, "contact.resubscribe", person.email, lists=lists, reason=form.cleaned_data["reason"])
    messages.success(request, f"{person.email} is subscribed.")
    return redirect(person)


def _resubscribe_form(
    request: StaffRequest, person: Contact, suppression: Suppression | None, data: Any = None
) -> ResubscribeForm:
    must_type = bool(
        suppression
        and suppression.reason == Suppression.Reason.UNSUBSCRIBED
        and lifting.ways([suppression], request.user)[suppression.pk].needs_typing
    )
    typed = suppression.email if suppression and must_type else None
    return ResubscribeForm(data, lists=_other_lists(person), typed=typed)


def _other_lists(person: Contact) -> QuerySet[MailingList]:
    on = person.subscriptions.filter(state=Subscription.State.SUBSCRIBED)
    return MailingList.objects.not_archived().exclude(id__in=on.values("list_id"))


def _person_page(request: StaffRequest, person: Contact, **refused: forms.Form) -> HttpResponse:
    """`refused`: the form of a dialog with what is to be mended; the dialog is open then."""
    suppression = _suppression(person)
    proofs = timeline.entries(person, timeline.Wanted(limit=_PROOFS + 1, kinds=frozenset({"consent"})))
    subscriptions = list(person.subscriptions.select_related("list").order_by("list__name"))
    closed = of_lists.of(person.email)
    context = {
        "contact": person,
        "subscriptions": subscriptions,
        "is_subscribed": any(one.state == Subscription.State.SUBSCRIBED for one in subscriptions),
        "suppression": suppression,
        "way_back": lifting.ways([suppression], request.user)[suppression.pk] if suppression else None,
        "list_suppressions": closed,
        "kept_off": {one.list_id for one in closed},
        "merges": [(merge, parting.may_undo(merge)) for merge in person.merges.select_related("by")],
        "values": shown.values(person),
        "proofs": proofs[:_PROOFS],
        "has_more_proofs": len(proofs) > _PROOFS,
        "unsubscribe_form": UnsubscribeForm(),
        "resubscribe_form": _resubscribe_form(request, person, suppression),
        **_story(request, person),
    }
    return render(request, "contacts/contact.html", context | refused, status=422 if refused else 200)


def _story(request: StaffRequest, person: Contact) -> dict[str, Any]:
    shown_kind = request.GET.get("show", "")
    chosen = shown_kind if shown_kind in timeline.FILTERS else ""
    before = request.GET.get("before", "")
    story = timeline.page(person, before, chosen)
    names = {"": "Everything"} | {name: label for name, (label, _) in timeline.FILTERS.items()}
    return {
        "story": story,
        "chips": [Chip(label, _story_url(name), name == chosen) for name, label in names.items()],
        "is_filtered": bool(chosen),
        "latest_url": _story_url(chosen) if before else "",
        "earlier_url": _story_url(chosen, story.earlier) if story.earlier else "",
    }


def _story_url(chosen: str, before: str = "") -> str:
    query = urlencode({name: value for name, value in (("show", chosen), ("before", before)) if value})
    return f"?{query}#story"


def _suppression(person: Contact) -> Suppression | None:
    return Suppression.objects.filter(email=key(person.email)).first()


def _edit_page(request: StaffRequest, form: ContactForm, person: Contact | None) -> HttpResponse:
    context = {
        "form": form,
        "contact": person,
        "own": [form[f"field_{field.key}"] for field in form.own_fields],
    }
    return render(request, "contacts/edit.html", context, status=422 if form.is_bound else 200)
