"""Raw mail and requests that came back, and mails that the sandbox caught."""

import zlib
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from contacts.erasing.registry import DOMAIN, Person
from delivery.models import FeedbackEvent, Message, Returned, SandboxMail

_SLICE = 500
_LATELY = timedelta(days=2)


def returned(person: Person) -> int:
    """What speaks of them alone is emptied; in what speaks of others too, their address is written over."""
    about = FeedbackEvent.objects.filter(returned=OuterRef("pk"))
    theirs = about.filter(message_id__in=person.message_ids)
    others = about.exclude(message_id__in=person.message_ids)
    linked = Returned.objects.filter(Exists(theirs))
    count = _empty(linked.filter(~Exists(others)))
    found = naming(person.address)
    for row in Returned.objects.filter(pk__in=found).only("raw", "envelope_to").iterator(50):
        raw = _written_over(bytes(row.raw), person.address.encode())
        Returned.objects.filter(pk=row.pk).update(raw=raw, envelope_to="")
    return count + len(found)


def naming(address: str) -> list[int]:
    """Numbers of what came back in which this address stands, in lower case here."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, {"address": address, "like": _like(address)})
        return [number for (number,) in cursor.fetchall()]


def clear_later() -> None:
    """Reports that came after somebody was erased: they were counted, and what they hold goes."""
    nobodys = Message.objects.filter(email__startswith="erased-", email__endswith=f"@{DOMAIN}")
    lately = FeedbackEvent.objects.filter(at__gt=timezone.now() - _LATELY)
    named = lately.annotate(is_nobodys=Exists(nobodys.filter(pk=OuterRef("message_id")))).filter(is_nobodys=True)
    told = list(named.exclude(returned=None).values_list("pk", "returned_id"))
    FeedbackEvent.objects.filter(pk__in=[pk for pk, _ in told]).update(contact_id=None, recipient="", diagnostic="")
    _empty(Returned.objects.filter(pk__in=[returned_id for _, returned_id in told], due_at=None))


def sandboxed(person: Person) -> int:
    """Mails to them, and any other that was written as if for them: a test mail with their name and address."""
    count = SandboxMail.objects.filter(envelope_to__iexact=person.address).delete()[0]
    for numbers in _sandboxed_naming(person.address.encode()):
        count += SandboxMail.objects.filter(pk__in=numbers).delete()[0]
    return count


def _sandboxed_naming(address: bytes) -> Iterator[list[int]]:
    after = 0
    while rows := list(SandboxMail.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "raw")[:_SLICE]):
        yield [pk for pk, raw in rows if address in _unbroken(zlib.decompress(raw))]
        after = rows[-1][0]


def _unbroken(raw: bytes) -> bytes:
    """In lower case, without the soft line breaks of quoted-printable (RFC 2045, 6.7)."""
    return raw.replace(b"=\r\n", b"").lower()


def _empty(rows: QuerySet[Returned]) -> int:
    return rows.exclude(raw=b"", envelope_to="").update(raw=b"", envelope_to="")


def _written_over(raw: bytes, address: bytes) -> bytes:
    lower, at = raw.lower(), 0
    written = bytearray(raw)
    while (at := lower.find(address, at)) >= 0:
        written[at : at + len(address)] = b"x" * len(address)
        at += len(address)
    return bytes(written)


def _like(address: str) -> str:
    return "%" + address.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"


_NAMED = """
SELECT id FROM delivery_returned
WHERE envelope_to ILIKE %(like)s OR position(convert_to(%(address)s, 'UTF8') IN raw) > 0
    OR position(lower(%(address)s) IN lower(encode(raw, 'escape'))) > 0
"""
