"""What a program may ask of its mailbox, and how it is answered."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from accounts.numbers import whole_number
from delivery.models import SandboxMail
from delivery.sandbox import parts
from delivery.sandbox.headers import decoded
from delivery.sandbox.mailboxes import searching
from delivery.sandbox.reading import Reading

MOST = 200
USUAL = 50
DELETING_SECONDS = 5.0
_CONDITIONS = frozenset({"query", "to", "from", "subject", "after", "before"})
_NAMES = _CONDITIONS | {"limit", "timeout"}


class NotUnderstood(Exception):
    """The text says what was wrong."""


@dataclass(frozen=True, slots=True)
class Wanted:
    condition: Q
    query: str
    after: int | None
    before: int | None
    limit: int

    @property
    def whole(self) -> Q:
        return self.condition & searching.condition(self.query)

    @classmethod
    def read(cls, given: Mapping[str, str], *, deletes: bool = False) -> "Wanted":
        known = _CONDITIONS if deletes else _NAMES
        if unknown := sorted(set(given) - known):
            raise NotUnderstood(f"Unknown: {', '.join(unknown)[:100]}. Known are {', '.join(sorted(known))}.")
        if deletes and (empty := [name for name, value in given.items() if searching.says_nothing(value)]):
            raise NotUnderstood(f"{empty[0]} is empty, and would match everything. To empty the mailbox, leave it out.")
        limit = number_of(given, "limit")
        condition = Q()
        if to := _text(given, "to"):
            condition &= Q(envelope_to__iexact=to)
        if sender := _text(given, "from"):
            condition &= Q(sender__icontains=sender)
        if subject := _text(given, "subject"):
            condition &= Q(subject__icontains=subject)
        after, before = number_of(given, "after"), number_of(given, "before")
        return cls(condition, _text(given, "query"), after, before, min(USUAL if limit is None else limit, MOST))


def find(mailbox_id: int | None, wanted: Wanted) -> searching.Found:
    """Newest first."""
    mails = SandboxMail.objects.filter(mailbox_id=mailbox_id, id__gt=wanted.after or 0).listed()
    return searching.search(mails, wanted.whole, wanted.before, wanted.limit)


def next_before(found: searching.Found) -> int | None:
    """Where the next page begins; None: this was the last."""
    last = found.stopped_at or (found.mails[-1] if found.has_more and found.mails else None)
    return last.pk if last else None


def delete(mailbox_id: int | None, wanted: Wanted) -> tuple[int, int | None]:
    """How many matched and are gone, and where to go on if there was no time for all."""
    until, count = time.monotonic() + DELETING_SECONDS, 0
    while True:
        found = find(mailbox_id, replace(wanted, limit=MOST))
        SandboxMail.objects.filter(pk__in=[mail.pk for mail in found.mails]).delete()
        count, before = count + len(found.mails), next_before(found)
        if before is None or time.monotonic() > until:
            return count, before
        wanted = replace(wanted, before=before)


def first(mailbox_id: int | None, wanted: Wanted) -> SandboxMail | None:
    """The newest match, with all of it."""
    found = find(mailbox_id, replace(wanted, limit=1)).mails
    return one(mailbox_id, found[0].pk) if found else None


def one(mailbox_id: int | None, mail_id: int) -> SandboxMail | None:
    return SandboxMail.objects.filter(mailbox_id=mailbox_id, pk=mail_id).first()


def brief(mail: SandboxMail) -> dict[str, Any]:
    return {
        "id": mail.pk,
        "received_at": mail.received_at.isoformat(),
        "from": mail.sender,
        "to": mail.envelope_to,
        "return_path": mail.envelope_from,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "preview": mail.preview,
        "size": mail.size_bytes,
    }


def whole(mail: SandboxMail) -> dict[str, Any]:
    reading = Reading(mail.source)
    return brief(mail) | {
        "headers": [{"name": name, "value": value} for name, value in reading.headers],
        "text": reading.text,
        "html": reading.html,
        "links": [{"text": link.text, "url": link.address} for link in reading.links],
        "attachments": [_attachment(number, part) for number, part in enumerate(attachments(reading.source), 1)],
    }


def attachments(source: bytes) -> Sequence[parts.Part]:
    """In the order of the mail."""
    return [part for part in parts.leaves(parts.read(source)) if part.is_attachment]


def _attachment(number: int, part: parts.Part) -> dict[str, Any]:
    kind = part.kind.decode("ascii", "replace")
    return {"number": number, "type": kind, "name": decoded(part.file_name), "size": len(part.octets)}


def _text(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "")
    if len(text) > 200 or "\0" in text:
        raise NotUnderstood(f"{name} is longer than 200 characters, or holds one that no mail can.")
    return text


def number_of(given: Mapping[str, str], name: str) -> int | None:
    if name not in given:
        return None
    number = whole_number(given[name])
    if number is None:
        raise NotUnderstood(f"{name} is no whole number.")
    return number
