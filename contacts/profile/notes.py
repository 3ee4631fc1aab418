"""Notes about a person."""

from collections.abc import Iterator

from django import forms
from django.urls import reverse

from contacts.models import Contact, Note
from contacts.timeline import Entry, Wanted, latest


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Note",
        max_length=Note.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody who works here can read it, and this person when they ask for their data.",
    )


def story(contact: Contact, wanted: Wanted) -> Iterator[Entry]:
    if not wanted.wants("note"):
        return
    for note in latest(contact.notes.select_related("by", "edited_by"), wanted):
        edited = f", edited by {note.edited_by or 'somebody'}" if note.edited_at else ""
        url = reverse("contact-note", args=[contact.pk, note.pk])
        yield Entry(note.at, "note", f"Note by {note.by or 'somebody'}{edited}", note.text, change_url=url)
