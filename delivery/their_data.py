"""What servers and providers said of a person's mails, and what came back, in the collection of that person's data."""

from collections.abc import Iterator, Sequence
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from django.db.models import Q

from contacts.erasing import words
from contacts.segments import measuring
from contacts.their_data.collecting import Asking, Row, Section, moment, rows
from delivery.erasing import raw
from delivery.feedback.intake import MAIL
from delivery.models import Attempt, Failure, FeedbackEvent, ProviderSuppression, Returned, SandboxMail, Waiting

_TOO_MUCH = "Too much came back to look for your address in all of it: this is what came back of mails to you."
_LONGEST = 20_000  # characters of one mail that came back


def sections(asking: Asking) -> Iterator[Section]:
    keys, ids = asking.keys, asking.mails
    yield Section("tries", "Tries to bring you mail that did not arrive at once", list(_tries(keys, ids)))
    yield Section(
        "returned", "What came back, as it came: bounces, replies, automatic answers", list(_returned(keys, ids))
    )
    listed = ProviderSuppression.objects.filter(email__in=keys).select_related("webhook")
    there = [
        {"Provider": str(one.webhook), "Reason": one.reason, "Words": one.words, "Since": moment(one.since)}
        for one in rows(listed)
    ]
    yield Section("provider_lists", "On lists of our providers", there)
    whose = Q()
    for key in keys:
        whose |= Q(envelope_to__iexact=key)
    caught = [
        {"When": moment(one.received_at), "Subject": one.subject, "Begins": one.preview}
        for one in rows(SandboxMail.objects.filter(whose).defer("raw", "words"))
    ]
    yield Section("sandbox", "Mails of rehearsals, which nobody got", caught)


def _tries(keys: Sequence[str], ids: Sequence[int]) -> Iterator[Row]:
    for one in rows(Attempt.objects.filter(message_id__in=ids)):
        yield {"When": moment(one.at), "What": one.decision, "Words": f"{one.code or ''} {one.text}".strip()}
    for waiting in Waiting.objects.filter(message_id__in=ids):
        yield {"When": moment(waiting.first_failed_at), "What": waiting.get_state_display(), "Words": waiting.reply}
    for failure in rows(Failure.objects.filter(email__in=keys)):
        yield {"When": moment(failure.at), "What": "a campaign failed", "Words": failure.kind}


def _returned(keys: Sequence[str], ids: Sequence[int]) -> Iterator[Row]:
    """What speaks of others as well is told without its text, and so is a provider's request: it may tell of many,
    also of some about whom nothing is kept. Of what somebody else wrote in which they are named: the lines that name
    them, as all the rest is about others."""
    events = FeedbackEvent.objects.filter(message_id__in=ids).exclude(returned=None)
    linked = set(events.values_list("returned_id", flat=True))
    found = set(linked)
    try:  # all that came back is looked through
        with measuring.within(measuring.PATIENT_MS):
            found.update(number for key in keys for number in raw.naming(key))
    except measuring.TooSlow:
        yield {"What became of it": _TOO_MUCH}
    others = FeedbackEvent.objects.filter(returned__in=found).exclude(message_id__in=ids)
    shared = set(others.values_list("returned_id", flat=True))
    for one in rows(Returned.objects.filter(pk__in=found)):
        mail = bytes(one.raw) if one.form == MAIL and one.pk not in shared else b""
        text = mail[:_LONGEST].decode("utf-8", "replace").replace("\0", "")
        if one.pk not in linked and not _wrote(mail, keys):
            text = words.lines_about(mail.decode("utf-8", "replace").replace("\0", ""), keys)[:_LONGEST]
        told = {"When": moment(one.received_at), "By": one.get_way_display(), "What became of it": one.words}
        yield told | {"Text": text}


def _wrote(mail: bytes, keys: Sequence[str]) -> bool:
    head = BytesHeaderParser().parsebytes(mail)
    authors = {address.lower() for _, address in getaddresses([str(value) for value in head.get_all("From", [])])}
    return bool(authors) and authors <= set(keys)
