"""The owner of the address said yes: now there is a contact, on the lists, with the proof of both acts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Lower

from accounts.database import locks
from contacts import consent, tags, tracking_consent
from contacts.grounds import wordings
from contacts.models import (
    ConsentEvent,
    Contact,
    MailingList,
    Subscription,
    Suppression,
    TrackingConsent,
    Wording,
)
from contacts.preferences import pausing
from contacts.signup import counting, letters, questions
from contacts.signup.models import SignupLetter, SignupRequest
from contacts.signup.visitor import NAMES
from contacts.tracking_consent import Answer, Part

CHANNEL = "form"
State = SignupRequest.State
_FILLED = (*NAMES, "attributes", "guessed_language", "guessed_language_from", "updated_at")


class Expired(Exception):
    """It was asked too long ago, or the form is gone."""


def request_of(message_id: int) -> SignupRequest | None:
    """The request that a confirmation mail was about."""
    letter = SignupLetter.objects.select_related("request__form").filter(message_id=message_id).first()
    return letter.request if letter and letter.kind == SignupLetter.Kind.CONFIRM else None


def lists_of(request: SignupRequest) -> list[MailingList]:
    """Those that are asked for and can still be joined."""
    allowed = request.form.lists.values_list("pk", flat=True)
    return list(MailingList.objects.not_archived().filter(pk__in=request.lists).filter(pk__in=allowed))


def has_left(request: SignupRequest) -> bool:
    """It was confirmed, and the person is on none of its lists any more."""
    held = Subscription.objects.filter(contact=request.contact_id, state=Subscription.State.SUBSCRIBED)
    return request.state == State.CONFIRMED and not held.filter(list_id__in=request.lists).exists()


def confirm(
    request: SignupRequest,
    *,
    lists: Sequence[int],
    ip: str | None,
    now: datetime,
    counted: Mapping[str, str] | None = None,
) -> SignupRequest:
    """Join those of `lists` that were asked for. `counted`: answers by Part, instead of those of the form.

    Safe to repeat. Raises Expired and consent.StillSuppressed.
    """
    if _is_late(request, now):
        with transaction.atomic():  # of its own, which raising does not undo
            expire(request, now)
    if is_over(request, now):
        raise Expired
    with transaction.atomic():
        hold(request.key)
        locked = SignupRequest.objects.select_for_update().select_related("form").get(pk=request.pk)
        if locked.state == State.WAITING:
            locked.lists = [one for one in locked.lists if one in set(lists)]
            locked.counting = dict(locked.counting if counted is None else counted)
            carry_out(locked, now, ip=ip)
        return locked


def carry_out(request: SignupRequest, now: datetime, *, ip: str | None) -> None:
    """In the caller's transaction, under the address's lock. What was confirmed before is changed by nothing here.

    Whoever asks for mail anew gets it from now on, so a pause is over.
    """
    contact = _contact(request)
    held = _held(contact, request.key)
    joined = [one.pk for one in lists_of(request) if one.pk not in held]
    words, wording = _words(request), _wording(request)
    _note_asked(contact, request, joined, words, wording)
    consent.resubscribe(contact, lists=joined, channel=CHANNEL, by=None, text=words, ip=ip, wording=wording)
    pausing.resume(contact, channel=CHANNEL, ip=ip)
    _answer(contact, request, ip)
    request.state, request.confirmed_at, request.contact = State.CONFIRMED, now, contact
    request.values, request.counting = {}, {}  # they are the contact's now
    request.save(update_fields=["state", "confirmed_at", "contact", "lists", "values", "counting"])
    counting.add(request.form, "confirmed", now)
    if request.form.sends_welcome and joined:
        letters.send(request, letters.Kind.WELCOME, now)


def _held(contact: Contact, key: str) -> set[int]:
    """The lists whose mail comes for good: none for whoever left everything, whatever is written beside it."""
    if Suppression.objects.filter(email=key).exists():
        return set()
    held = contact.subscriptions.filter(state=Subscription.State.SUBSCRIBED, expires_at=None)
    return set(held.values_list("list_id", flat=True))


def expire(request: SignupRequest, now: datetime) -> bool:
    """What was typed goes; the numbers stay. False if somebody else was faster."""
    gone: dict[str, Any] = {"state": State.EXPIRED, "values": {}, "counting": {}, "ip": None, "user_agent": ""}
    done = SignupRequest.objects.filter(pk=request.pk, state=State.WAITING).update(**gone)
    if done:
        counting.add(request.form, "expired", now)
    return bool(done)


def contact_of(key: str, *, locked: bool = False) -> Contact | None:
    found = Contact.objects.annotate(lower=Lower("email")).filter(lower=key)
    return (found.select_for_update(no_key=True) if locked else found).first()


def is_over(request: SignupRequest, now: datetime) -> bool:
    """It can be confirmed no more, and never was."""
    return request.state in (State.EXPIRED, State.SUPPRESSED) or _is_late(request, now)


def _is_late(request: SignupRequest, now: datetime) -> bool:
    return request.state == State.WAITING and request.expires_at <= now


def hold(key: str) -> None:
    """Of all that concerns one address, one thing at a time. Nobody's page waits for more than seconds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        locks.hold(cursor, locks.Kind.SIGNUP, key)


def _contact(request: SignupRequest) -> Contact:
    """The one there is, with what was empty filled in; else a new one."""
    found = contact_of(request.key, locked=True)
    contact = found or Contact(email=request.email, source=f"Form: {request.form.name}"[:120])
    for name, value in request.values.items():
        if name in NAMES:
            setattr(contact, name, getattr(contact, name) or value)
        elif name != tags.KEY:
            contact.attributes.setdefault(name, value)
    if not contact.language and not contact.guessed_language:
        contact.guessed_language, contact.guessed_language_from = request.language, CHANNEL
    # Consent to be counted is not among them: it may have been withdrawn a moment ago.
    contact.save(update_fields=_FILLED if found else None)
    return contact


def _answer(contact: Contact, request: SignupRequest, ip: str | None) -> None:
    """What may be counted. It makes no yes of a no, which may be younger than what was typed."""
    labels = dict(questions.answers())
    for part in Part:
        state = request.counting.get(part, "")
        known = tracking_consent.state(contact, part)
        if state in labels and (state == TrackingConsent.REFUSED or known == TrackingConsent.UNKNOWN):
            wording = questions.kept(f"form/{request.form_id}", part)
            text = f"{questions.words(part)} – {labels[state]}"
            tracking_consent.record(contact, Answer({part: state}, CHANNEL, text=text, ip=ip, wording=wording))


def _words(request: SignupRequest) -> str:
    """The wording agreed to; its row keeps what is longer than a line of the log."""
    wording = request.wording
    version = f", wording {wording.pk}" if wording else ""
    site = f", on {request.site}" if request.site else ""
    return f"Form “{request.form}”{version}{site}: {wording.text if wording else ''}"[:500]


def _wording(request: SignupRequest) -> Wording | None:
    if request.wording is None:
        return None
    return wordings.keep(f"form/{request.form_id}", request.wording.language, request.wording.text)


def _note_asked(
    contact: Contact, request: SignupRequest, lists: Sequence[int], words: str, wording: Wording | None
) -> None:
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            contact=contact,
            list_id=one,
            kind=ConsentEvent.Kind.ASKED,
            channel=CHANNEL,
            text=words,
            wording=wording,
            ip=request.ip,
            at=request.asked_at,
        )
        for one in lists
    )
