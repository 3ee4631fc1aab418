"""Notes about a person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.permissions import Permission, StaffRequest, requires
from contacts.models import Contact, Note
from contacts.profile.notes import NoteForm


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Contact, pk=pk)
    form = NoteForm(request.POST or None)
    if not form.is_valid():
        return _page(request, form, person, None)
    person.notes.create(text=form.cleaned_data["text"], by=request.user)
    messages.success(request, "The note is kept.")
    return redirect(person)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE)
def note(request: StaffRequest, pk: int, note_id: int) -> HttpResponse:
    found = get_object_or_404(Note.objects.select_related("contact"), pk=note_id, contact=pk)
    form = NoteForm(request.POST or None, initial={"text": found.text})
    if not form.is_valid():
        return _page(request, form, found.contact, found)
    if form.has_changed():
        found.text, found.edited_by, found.edited_at = form.cleaned_data["text"], request.user, timezone.now()
        found.save(update_fields=["text", "edited_by", "edited_at"])
    messages.success(request, "Saved.")
    return redirect(found.contact)


@require_POST
@requires(Permission.PEOPLE)
def delete(request: StaffRequest, pk: int, note_id: int) -> HttpResponse:
    found = get_object_or_404(Note.objects.select_related("contact"), pk=note_id, contact=pk)
    audit.record(request, "note.delete", found.contact.email)
    found.delete()
    messages.success(request, "The note is deleted.")
    return redirect(found.contact)


def _page(request: StaffRequest, form: NoteForm, person: Contact, found: Note | None) -> HttpResponse:
    context = {"form": form, "contact": person, "note": found}
    return render(request, "contacts/person/note.html", context, status=422 if form.is_bound else 200)
