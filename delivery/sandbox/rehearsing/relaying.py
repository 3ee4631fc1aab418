"""Hands mails of the allow-list to the real provider: each once, and never again by itself."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Organisation
from delivery import staff_mail, verp
from delivery.markup import printable
from delivery.models import Message, Provider, SandboxMail, SandboxMailbox, SandboxRelay
from delivery.sandbox import sending_on

SECONDS = 30
_State = SandboxRelay.State


def of_providers(envelope_froms: Sequence[str]) -> dict[str, SandboxMailbox]:
    """The mailbox of the provider that each mail was addressed to, where that is in rehearsal or was."""
    ids = {sender: verp.message_id(sender) for sender in envelope_froms}
    numbers = [number for number in ids.values() if number is not None]
    if not numbers or not SandboxMailbox.objects.exclude(provider=None).exists():
        return {}
    rows = Message.objects.filter(pk__in=numbers).exclude(batch__rehearsed_for=None)
    by_provider = {
        box.provider_id: box for box in SandboxMailbox.objects.exclude(provider=None).select_related("provider")
    }
    whose = {pk: by_provider.get(provider_id) for pk, provider_id in rows.values_list("pk", "batch__rehearsed_for_id")}
    return {sender: box for sender, number in ids.items() if number is not None and (box := whose.get(number))}


def is_allowed(provider: Provider, recipient: str) -> bool:
    return provider.state == Provider.State.REHEARSAL and recipient.lower() in provider.rehearsal_allowed


def relay_waiting() -> int:
    """All that wait, one after the other."""
    count = 0
    while relay := SandboxRelay.objects.filter(state=_State.WAITING).order_by("pk").first():
        if _take(relay):
            _send(relay)
            count += 1
    return count


def is_waiting() -> bool:
    return SandboxRelay.objects.filter(state=_State.WAITING).exists()


def _take(relay: SandboxRelay) -> bool:
    """Committed before anything is said to the provider: whoever dies now leaves it as one that may have arrived."""
    mine = SandboxRelay.objects.filter(pk=relay.pk, state=_State.WAITING)
    return bool(mine.update(state=_State.SENDING, changed_at=timezone.now()))


def _send(relay: SandboxRelay) -> None:
    mail = SandboxMail.objects.filter(pk=relay.pk).first()
    provider, organisation = Provider.objects.get(pk=relay.provider_id), Organisation.get()
    if mail is None or organisation is None or not is_allowed(provider, mail.envelope_to):
        _settle(relay, _State.FAILED, "It is not in rehearsal any more, or not to this address.")
        return
    sender = organisation.sender_email
    raw = sending_on.resent(mail.source, sender, mail.envelope_to)
    given: dict[str, Any] = {"sender": sender, "to": mail.envelope_to, "seconds": SECONDS}
    outcome = staff_mail.send_raw_through(provider, raw, **given)
    if not outcome.problem:
        _settle(relay, _State.SENT, "")
    elif outcome.may_have_arrived:
        _settle(relay, _State.SENDING, outcome.problem)
    else:
        _settle(relay, _State.FAILED, outcome.problem)


def _settle(relay: SandboxRelay, state: str, problem: str) -> None:
    said = printable(problem)[:500]
    SandboxRelay.objects.filter(pk=relay.pk).update(state=state, problem=said, changed_at=timezone.now())
