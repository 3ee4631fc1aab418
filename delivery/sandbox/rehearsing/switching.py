"""Into rehearsal and back.

What is launched meanwhile is a rehearsal for good: the sandbox carries it, also after the provider is back, so nobody
is mailed because somebody switched. What was launched before is real and waits, or takes the next way of its route: the
state of the provider stops every worker at its next checkpoint.
"""

from collections.abc import Sequence

from django.db import transaction

from delivery.models import Batch, Provider, SandboxMailbox


class NotPossible(Exception):
    """The text says why."""


@transaction.atomic
def begin(provider: Provider, allowed: Sequence[str]) -> None:
    """Or change whom it still writes to."""
    locked = Provider.objects.select_for_update().get(pk=provider.pk)
    if locked.is_sandbox or locked.removed_at:
        raise NotPossible("Only a real provider can be in rehearsal.")
    if locked.is_paused or locked.is_draining:
        raise NotPossible("It is paused: resume it first, so that it is clear what happens afterwards.")
    locked.state, locked.rehearsal_allowed = Provider.State.REHEARSAL, list(allowed)
    locked.save(update_fields=["state", "rehearsal_allowed"])
    if not SandboxMailbox.objects.filter(provider=locked).exists():
        SandboxMailbox.objects.create(provider=locked, name=_free_name(locked.name))


@transaction.atomic
def end(provider: Provider) -> None:
    """Real mail leaves from now on; rehearsals stay what they are."""
    locked = Provider.objects.select_for_update().get(pk=provider.pk)
    if locked.state == Provider.State.REHEARSAL:
        locked.state = Provider.State.ACTIVE
        locked.save(update_fields=["state"])


def waiting(provider: Provider) -> list[Batch]:
    """Real ones of this provider, launched before; they go on when it is back."""
    unfinished = Batch.objects.filter(provider=provider, rehearsal=False, finished_at=None)
    return list(unfinished.order_by("id")[:100])


def _free_name(name: str) -> str:
    number, free = 2, name
    while SandboxMailbox.objects.filter(name__iexact=free).exists():
        free, number = f"{name[:70]} ({number})", number + 1
    return free
