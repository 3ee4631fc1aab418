"""Somebody typed an address into a form: written down, and mailed to that address to be confirmed.

Whatever is known of the address, the caller gives the same answer, so that nobody learns whether it is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from contacts import addresses
from contacts.models import Contact, MailingList, Subscription, Suppression, TrackingConsent
from contacts.signup import confirming, counting, letters
from contacts.signup.models import SignupForm, SignupRequest, SignupWording
from contacts.signup.robots import flood, proof
from contacts.suppression import of_lists

State = SignupRequest.State


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where it was asked."""

    ip: str | None = None
    user_agent: str = ""
    way: str = "page"
    site: str = ""
    proof: str = ""  # of work, judged good
    must_confirm: bool = False  # by mail, whatever the lists say


@dataclass(frozen=True, slots=True)
class Answers:
    """What was typed, checked already: `email` normalised, `lists` among those of the form."""

    email: str
    lists: Sequence[int]
    language: str
    wording: SignupWording
    values: dict[str, Any] = field(default_factory=dict)
    counting: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return addresses.key(self.email)


@transaction.atomic
def ask(form: SignupForm, answers: Answers, visitor: Visitor, now: datetime) -> SignupRequest:
    """Safe to repeat: a request that waits takes up what is new in a second one, and is mailed again only later.

    Raises proof.Spent.
    """
    if visitor.proof:
        proof.spend(visitor.proof, now)
    confirming.hold(answers.key)
    answers = _welcome(answers)
    request = _waiting(form, answers.key, now)
    if request is None:
        request = _new(form, answers, visitor, now)
        counting.add(form, "asked", now)
        flood.watch(form, now)
    else:
        _add(request, answers)
    if request.state != State.WAITING or letters.is_recent(request, now, letters.AGAIN_AFTER):
        return request
    if not (visitor.must_confirm or _needs_confirming(request)):
        confirming.carry_out(request, now, ip=visitor.ip)
    elif letters.may_go(request.key, now):
        letters.send(request, letters.Kind.CONFIRM, now)
    return request


def _welcome(answers: Answers) -> Answers:
    """Without lists for which the address is suppressed: a form does not lift that."""
    closed = of_lists.kept_off(answers.key, answers.lists)
    return replace(answers, lists=[one for one in answers.lists if one not in closed]) if closed else answers


@transaction.atomic
def send_again(form: SignupForm, email: str, now: datetime) -> None:
    """Another mail for a request that waits, within the limits; anything else is answered and nothing else."""
    key = addresses.key(email)
    confirming.hold(key)
    request = _waiting(form, key, now)
    if request is None or letters.is_closed(key) or letters.is_recent(request, now, letters.BUTTON_AFTER):
        return
    if letters.may_go(key, now):
        letters.send(request, letters.Kind.CONFIRM, now)


def _waiting(form: SignupForm, key: str, now: datetime) -> SignupRequest | None:
    request = SignupRequest.objects.filter(form=form, key=key, state=State.WAITING).first()
    if request and request.expires_at <= now:
        confirming.expire(request, now)
        return None
    return request


def _new(form: SignupForm, answers: Answers, visitor: Visitor, now: datetime) -> SignupRequest:
    return SignupRequest.objects.create(
        form=form,
        email=answers.email,
        key=answers.key,
        lists=list(answers.lists),
        values=answers.values,
        counting=answers.counting,
        wording=answers.wording,
        language=answers.language,
        way=visitor.way,
        site=visitor.site[:200],
        ip=visitor.ip,
        user_agent=visitor.user_agent[:300],
        state=State.SUPPRESSED if letters.is_closed(answers.key) or not answers.lists else State.WAITING,
        asked_at=now,
        expires_at=now + form.time_to_confirm,
    )


def _add(request: SignupRequest, answers: Answers) -> None:
    """What was typed first stays, but for a no: whoever confirms sees the lists and what may be counted."""
    lists, values = list(dict.fromkeys([*request.lists, *answers.lists])), answers.values | request.values
    refused = {part: state for part, state in answers.counting.items() if state == TrackingConsent.REFUSED}
    counting = answers.counting | request.counting | refused
    if (lists, values, counting) != (request.lists, request.values, request.counting):
        request.lists, request.values, request.counting = lists, values, counting
        request.save(update_fields=["lists", "values", "counting"])


def _needs_confirming(request: SignupRequest) -> bool:
    """As the lists say; and always where the person said no, or not now, which a stranger must not undo."""
    lists = MailingList.objects.filter(pk__in=request.lists)
    if lists.filter(opt_in=MailingList.OptIn.DOUBLE).exists():
        return True
    if Suppression.objects.filter(email=request.key).exists():
        return True
    contact = confirming.contact_of(request.key)
    return contact is not None and (contact.is_paused or _has_left(contact, request.lists))


def _has_left(contact: Contact, lists: Sequence[int]) -> bool:
    return contact.subscriptions.exclude(state=Subscription.State.SUBSCRIBED).filter(list_id__in=lists).exists()
