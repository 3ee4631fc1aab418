"""Two contacts that are one person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission, StaffRequest, requires
from contacts.merging import foretelling, joining, parting, registry, twins
from contacts.merging.form import MergeForm
from contacts.models import Contact, Merge


@require_GET
@requires(Permission.PEOPLE)
def choose(request: StaffRequest, pk: int) -> HttpResponse:
    """With whom."""
    person = get_object_or_404(Contact, pk=pk)
    text = request.GET.get("q", "").strip().replace("\0", "")[:200]
    context = {
        "contact": person,
        "search": text,
        "found": twins.found(person, text) if text else [],
        "twins": twins.likely(person) if not text else [],
    }
    return render(request, "contacts/merging/choose.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def merge(request: StaffRequest, pk: int, other_id: int) -> HttpResponse:
    one, other = get_object_or_404(Contact, pk=pk), get_object_or_404(Contact.objects.exclude(pk=pk), pk=other_id)
    form = MergeForm(one, other, request.POST or None)
    if not form.is_valid():
        return _page(request, form)
    kept_id, gone_id = form.kept_and_gone
    try:
        made = joining.merge(kept_id, gone_id, values=form.chosen, by=request.user, request=request)
    except (joining.NotPossible, registry.Busy) as problem:
        messages.error(request, str(problem))
        return _page(request, form, status=409)
    messages.success(request, f"Merged: {made.email} is {made.contact} now.")
    return redirect(made.contact)


@require_POST
@requires(Permission.PEOPLE)
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Merge.objects.select_related("contact"), pk=pk)
    try:
        back = parting.undo(found.pk, by=request.user, request=request)
    except (joining.NotPossible, registry.Busy) as problem:
        messages.error(request, str(problem))
        return redirect(found.contact)
    messages.success(request, f"{back} is a contact of its own again.")
    return redirect(back)


def _page(request: StaffRequest, form: MergeForm, status: int = 0) -> HttpResponse:
    context = {
        "form": form,
        "contact": form.one,
        "other": form.other,
        "lists": list(foretelling.lists(form.one, form.other)),
        "further": list(foretelling.further(form.one, form.other)),
        "against": foretelling.against(form.one, form.other),
        "undo_days": parting.UNDONE_FOR.days,
    }
    return render(request, "contacts/merging/merge.html", context, status=status or (422 if form.is_bound else 200))
