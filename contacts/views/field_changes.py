"""Changes of a field that reach every person: another kind, a choice renamed or taken away."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from contacts.models import Field, FieldChange
from contacts.profile_fields import changing, options, uses
from contacts.profile_fields.forms import MoreOptionsForm, OptionForm
from contacts.views import fields

Act = FieldChange.Act


@require_POST
@requires(Permission.PEOPLE)
def kind(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Field, pk=pk)
    wanted = request.POST.get("kind", "")
    if wanted not in Field.Kind.values or wanted == found.kind:
        messages.error(request, "Choose another kind.")
        return redirect(found)
    return _begun(request, found, Act.KIND, to=wanted)


@require_POST
@requires(Permission.PEOPLE)
def add_options(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Field, pk=pk, kind__in=options.KINDS)
    form = MoreOptionsForm(request.POST)
    more = options.added(found, form.cleaned_data["options"]) if form.is_valid() else found.options
    if more == found.options:
        return fields.page(request, found, adding=form, status=422)
    found.options = more
    found.save(update_fields=["options"])
    messages.success(request, "Saved.")
    return redirect(found)


@require_POST
@requires(Permission.PEOPLE)
def option(request: StaffRequest, pk: int) -> HttpResponse:
    """`do`: rename (to `new`), remove, up or down."""
    found = get_object_or_404(Field, pk=pk, kind__in=options.KINDS)
    do = request.POST.get("do", "")
    form = OptionForm(request.POST, field=found)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect(found)
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    if do in ("up", "down"):
        at = found.options.index(old)
        found.options.insert(max(at - 1, 0) if do == "up" else at + 1, found.options.pop(at))
        found.save(update_fields=["options"])
        return redirect(found)
    if do == "remove":
        return _begun(request, found, Act.REMOVE, old=old)
    if not new or new == old:
        messages.error(request, "Write the new name of the choice.")
        return redirect(found)
    return _begun(request, found, Act.RENAME, old=old, new=new)


@require_GET
@requires(Permission.LOOK)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(FieldChange, pk=pk)
    if request.htmx:
        if not found.is_at_work:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "contacts/fields/_progress.html", {"change": found})
    context = {
        "change": found,
        "field": found.field,
        "to": dict(Field.Kind.choices).get(found.details.get("to", ""), ""),
        "others": [one for one in found.field.options if one != found.details.get("old")] if found.field else [],
        "uses": uses.of(found.field) if found.field else [],
    }
    return render(request, "contacts/fields/change.html", context)


@require_POST
@requires(Permission.PEOPLE)
def start(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(FieldChange, pk=pk)
    instead = request.POST.get("new", "")
    if found.act == Act.REMOVE and instead and (not found.field or instead not in found.field.options):
        messages.error(request, "That choice is not there any more. Choose another one.")
        return redirect(found)
    extra = {"new": instead} if found.act == Act.REMOVE else {"keep": request.POST.get("misfits") == "keep"}
    try:
        changing.start(found, **extra)
    except changing.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect(found)
    audit.record(request, f"field.{found.act}", found.label, **found.details)
    return redirect(found)


@require_POST
@requires(Permission.PEOPLE)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(FieldChange, pk=pk)
    if changing.cancel(found):
        messages.success(request, "Nothing is changed.")
    else:
        messages.error(request, "It has been started already and goes on to its end.")
    return redirect(found.field) if found.field else redirect("fields")


def _begun(request: StaffRequest, found: Field, act: str, **details: str) -> HttpResponse:
    try:
        begun = changing.begin(found, act, by=request.user, **details)
    except changing.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect(found)
    if act == Act.RENAME:
        audit.record(request, "field.rename-choice", found.label, **details)
    return redirect(begun)
