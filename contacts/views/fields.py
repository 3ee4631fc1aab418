"""The fields that contacts carry beside their name."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.numbers import whole_number
from accounts.permissions import Permission, StaffRequest, requires
from contacts.models import Field, FieldChange
from contacts.profile_fields import changing, counting, uses
from contacts.profile_fields.forms import MoreOptionsForm, NewFieldForm, WordsForm

TYPED_ABOVE = 5_000  # people: more than that and the name must be typed


@require_GET
@requires(Permission.LOOK)
def fields(request: StaffRequest) -> HttpResponse:
    counting.count_if_few()
    at_work = FieldChange.objects.exclude(state__in=("done", "cancelled"))
    context = {"fields": Field.objects.all(), "changes": at_work[:5]}
    return render(request, "contacts/fields/fields.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def add(request: StaffRequest) -> HttpResponse:
    form = NewFieldForm(request.POST or None)
    if not form.is_valid():
        return render(request, "contacts/fields/new.html", {"form": form}, status=422 if form.is_bound else 200)
    made = form.save()
    audit.record(request, "field.add", made.label, kind=made.kind)
    messages.success(request, f"The field {made.label} is there.")
    return redirect("fields")


@require_GET
@requires(Permission.LOOK)
def field(request: StaffRequest, pk: int) -> HttpResponse:
    counting.count_if_few()
    return page(request, get_object_or_404(Field, pk=pk))


@require_POST
@requires(Permission.PEOPLE)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Only what people read: mails go on naming it by its key."""
    found = get_object_or_404(Field, pk=pk)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return page(request, found, form=form, status=422)
    for name, value in form.cleaned_data.items():
        setattr(found, name, value)
    found.save(update_fields=list(form.cleaned_data))
    audit.record(request, "field.change", found.label, default=found.default)
    messages.success(request, "Saved.")
    return redirect(found)


@require_POST
@requires(Permission.PEOPLE)
def order(request: StaffRequest) -> HttpResponse:
    """`move=up:7` or `move=down:7` of a button, or all ids in `order` when they were dragged."""
    ids = list(Field.objects.values_list("pk", flat=True))
    wanted = [number for part in request.POST.get("order", "").split(",") if (number := whole_number(part)) in ids]
    way, _, which = request.POST.get("move", "").partition(":")
    moved = whole_number(which)
    if moved in ids:
        at = ids.index(moved)
        ids.insert(max(at - 1, 0) if way == "up" else at + 1, ids.pop(at))
    ids = list(dict.fromkeys([number for number in wanted if number] + ids))
    for position, pk in enumerate(ids):
        Field.objects.filter(pk=pk).exclude(position=position).update(position=position)
    return HttpResponse(status=204) if request.htmx else redirect("fields")


@require_POST
@requires(Permission.PEOPLE)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Field, pk=pk)
    label, people = found.label, found.people or 0
    holding = [use for use in uses.of(found) if use.holds]
    if holding:
        named = ", ".join(f"the {use.kind} “{use.name}”" for use in holding[:3])
        messages.error(request, f"It is used by {named}. Take it out there first.")
        return redirect(found)
    if people > TYPED_ABOVE and request.POST.get("typed", "").strip() != label:
        messages.error(request, "Type the name of the field to delete it.")
        return redirect(found)
    try:
        change = changing.begin(found, FieldChange.Act.DELETE, by=request.user)
    except changing.NotPossible as problem:
        messages.error(request, str(problem))
        return redirect(found)
    audit.record(request, "field.delete", label, people=people)
    messages.success(request, f"The field {label} is deleted.")
    return redirect(change if people > TYPED_ABOVE else "fields")


def page(request: StaffRequest, found: Field, status: int = 200, **more: Any) -> HttpResponse:
    """One field, with what can be done to it."""
    initial = {"label": found.label, "default": found.default, "help_text": found.help_text}
    used = uses.of(found)
    context: dict[str, Any] = {
        "field": found,
        "form": WordsForm(initial=initial),
        "kinds": [kind for kind in Field.Kind.choices if kind[0] != found.kind],
        "options": [(option, found.chosen.get(option, 0)) for option in found.options],
        "adding": MoreOptionsForm(),
        "uses": used,
        "holds": any(use.holds for use in used),
        "must_type": (found.people or 0) > TYPED_ABOVE,
        "change": changing.current(found.key),
    }
    return render(request, "contacts/fields/field.html", context | more, status=status)
