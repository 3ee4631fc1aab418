"""The fields that contacts carry beside their name."""

from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from contacts import fields as typed
from contacts.forms import FieldForm, LabelForm
from contacts.models import Field


@require_GET
@requires(Permission.LOOK)
def fields(request: StaffRequest) -> HttpResponse:
    return _page(request, FieldForm())


@require_POST
@requires(Permission.PEOPLE)
def add(request: StaffRequest) -> HttpResponse:
    form = FieldForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    label = form.cleaned_data["label"]
    Field.objects.create(
        key=typed.key_for(label), label=label, kind=form.cleaned_data["kind"], position=Field.objects.count()
    )
    messages.success(request, f"The field {label} is there.")
    return redirect("fields")


@require_POST
@requires(Permission.PEOPLE)
def rename(request: StaffRequest, pk: int) -> HttpResponse:
    """Only what people read: mails go on naming it by its key."""
    field = get_object_or_404(Field, pk=pk)
    form = LabelForm(request.POST)
    if form.is_valid():
        field.label = " ".join(form.cleaned_data["label"].split())
        field.save(update_fields=["label"])
        messages.success(request, "Saved.")
    else:
        messages.error(request, "A field needs a name of one line.")
    return redirect("fields")


@require_POST
@requires(Permission.PEOPLE)
def delete(request: StaffRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(Field, pk=pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contacts_contact SET attributes = attributes - %s WHERE jsonb_exists(attributes, %s)",
            [field.key, field.key],
        )
        people = cursor.rowcount
    field.delete()
    audit.record(request, "field.delete", field.label, people=people)
    messages.success(request, f"The field {field.label} is deleted, and what {people:,} people had in it.")
    return redirect("fields")


def _page(request: StaffRequest, form: FieldForm, status: int = 200) -> HttpResponse:
    context = {"fields": [(field, _used(field)) for field in Field.objects.all()], "form": form}
    return render(request, "contacts/fields.html", context, status=status)


def _used(field: Field) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM contacts_contact WHERE jsonb_exists(attributes, %s) LIMIT 1", [field.key])
        return "in use" if cursor.fetchone() else "empty"
