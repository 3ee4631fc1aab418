"""What servers and providers said of a person's mails, and what came back, in the collection of that person's data."""

from collections.abc import Iterator, Sequence

from django.db.models import Q

from contacts.merging import known
from contacts.models import Contact
from contacts.segments import measuring
from contacts.their_data.collecting import Row, Section, moment, rows
from delivery.erasing import mails, raw
from delivery.feedback.intake import MAIL
from delivery.models import Attempt, Failure, FeedbackEvent, ProviderSuppression, Returned, SandboxMail, Waiting

_TOO_MUCH = "Too much came back to look for your address in all of it: this is what came back of mails to you."
_LONGEST = 20_000  # characters of one mail that came back


def mails_of(contact: Contact) -> list[int]:
    """Numbers of the mails to them, also of those to their address alone, such as about a sign-up."""
    return sorted({number for key in known.keys(contact) for number in mails.find([contact.pk], key)})


def sections(contact: Contact) -> Iterator[Section]:
    keys, ids = known.keys(contact), mails_of(contact)
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
    also of some about whom nothing is kept."""
    events = FeedbackEvent.objects.filter(message_id__in=ids).exclude(returned=None)
    found = set(events.values_list("returned_id", flat=True))
    try:  # all that came back is looked through
        with measuring.within(measuring.PATIENT_MS):
            found.update(number for key in keys for number in raw.naming(key))
    except measuring.TooSlow:
        yield {"What became of it": _TOO_MUCH}
    others = FeedbackEvent.objects.filter(returned__in=found).exclude(message_id__in=ids)
    shared = set(others.values_list("returned_id", flat=True))
    for one in rows(Returned.objects.filter(pk__in=found)):
        is_theirs = one.form == MAIL and one.pk not in shared
        text = bytes(one.raw)[:_LONGEST].decode("utf-8", "replace").replace("\0", "") if is_theirs else ""
        told = {"When": moment(one.received_at), "By": one.get_way_display(), "What became of it": one.words}
        yield told | {"Text": text}
