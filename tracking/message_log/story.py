"""What tracking adds to a person's story: every mail, and what was done with it."""

from collections.abc import Iterable

from django.urls import reverse

from contacts.models import Contact
from contacts.timeline import Entry
from tracking.message_log import messages

_KINDS = {"Opened": "open", "Clicked": "click", "Unsubscribed": "consent"}

_CAME_BACK = {"autoreply": "reply", "complaint": "complaint", "delivered": "mail"}


def entries(contact: Contact) -> Iterable[Entry]:
    for listed, happened, returned in messages.timeline(contact):
        url = reverse("message", args=[listed.message.id])
        if listed.at:
            rehearsed = " (rehearsal)" if listed.message.batch.rehearsal else ""
            yield Entry(listed.at, "mail", f"{listed.title.text}{rehearsed}", listed.words.text, url)
        for act in happened:
            kind = "machine" if act.is_machine else _KINDS.get(act.label, "mail")
            yield Entry(act.at, kind, f"{act.label}: {listed.title.text}", act.detail, url)
        for said in returned:
            kind = _CAME_BACK.get(said.event, "bounce")
            detail = " · ".join(filter(None, [said.why, said.elsewhere, said.words]))
            yield Entry(said.at, kind, f"{said.label}: {listed.title.text}", detail, url)
