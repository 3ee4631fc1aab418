"""Finding mails in a mailbox: newest first, in blocks, for as long as a page may take.

A word that stands in few of a million mails would make one query read them all; so each request looks back for a
second or two and says how far it came.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from delivery.models import SandboxMail
from delivery.models.sandbox import SandboxMailQuerySet

BLOCK = 5_000
SECONDS = 1.5
_WORDS = 12
_BLOCKS = 5
# from:ana, subject:"order 5", larger:20k, or a word.
_TERM = re.compile(r"""(?:(from|to|subject|larger):)?(?:"([^"]*)"?|(\S+))""", re.IGNORECASE)
_SIZE = re.compile(r"(\d{1,9})(k|m)?b?", re.IGNORECASE)
_FIELDS = {"from": ("sender", "envelope_from"), "to": ("envelope_to",), "subject": ("subject",)}
_FACTORS = {"": 1, "k": 1_000, "m": 1_000_000}


@dataclass(frozen=True, slots=True)
class Found:
    mails: Sequence[SandboxMail]  # newest first
    has_more: bool
    stopped_at: SandboxMail | None = None  # time was up: older ones than this were not looked at


def condition(text: str) -> Q:
    """Every word must stand in the addresses, the subject or the text; `from:`, `to:`, `subject:` and `larger:`
    say where."""
    found = Q()
    for name, quoted, bare in _TERM.findall(text)[:_WORDS]:
        word = quoted or bare
        if name.lower() == "larger":
            size = _SIZE.fullmatch(word)
            found &= Q(size_bytes__gt=int(size[1]) * _FACTORS[(size[2] or "").lower()]) if size else Q(pk=None)
        elif name:
            found &= _either(_FIELDS[name.lower()], word)
        elif word:
            found &= Q(words__contains=word.lower())
    return found


def says_nothing(text: str) -> bool:
    """Whether it is empty or a part of it is, such as `to:""`, which every mail matches."""
    return not text.strip() or any(not (quoted or bare).strip() for _, quoted, bare in _TERM.findall(text))


def older(
    mailbox_id: int, text: str, *, before: int | None = None, newer_than: datetime | None = None, limit: int
) -> Found:
    mails = SandboxMail.objects.filter(mailbox_id=mailbox_id).listed()
    if newer_than:
        mails = mails.filter(received_at__gt=newer_than)
    if not text:
        found = list((mails.filter(id__lt=before) if before else mails)[: limit + 1])
        return Found(found[:limit], len(found) > limit)
    return search(mails, condition(text), before, limit)


def search(mails: SandboxMailQuerySet, wanted: Q, before: int | None, limit: int) -> Found:
    """Newest first; block by block, until there are enough or time is up."""
    until = time.monotonic() + SECONDS
    found: list[SandboxMail] = []
    while len(found) <= limit:
        block = mails.filter(id__lt=before) if before else mails
        last = next(iter(block.only("id", "received_at")[BLOCK - 1 : BLOCK]), None)
        found += block.filter(wanted, id__gte=last.pk if last else 0)[: limit + 1 - len(found)]
        if last is None or len(found) > limit:
            break
        before = last.pk
        if time.monotonic() > until:
            return Found(found, has_more=False, stopped_at=last)
    return Found(found[:limit], len(found) > limit)


def newer(mailbox_id: int, text: str, *, after: int, limit: int) -> list[SandboxMail]:
    """The ones next to `after`, newest first; a search looks at the next blocks only."""
    mails = SandboxMail.objects.filter(mailbox_id=mailbox_id, id__gt=after).listed().order_by("id")
    if text:
        last = next(iter(mails.values_list("id", flat=True)[_BLOCKS * BLOCK : _BLOCKS * BLOCK + 1]), None)
        mails = mails.filter(condition(text), **({"id__lt": last} if last else {}))
    return list(mails[:limit])[::-1]


def _either(names: Sequence[str], word: str) -> Q:
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__icontains": word})
    return found
