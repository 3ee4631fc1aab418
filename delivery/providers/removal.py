"""Taking a provider away: it has to have nothing left to carry, and reports go on naming it."""

from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from accounts.wording import listed
from delivery import ledger, titles
from delivery.models import Batch, Chunk, Provider
from delivery.titles import Title

_MOST_NAMED = 3


class ProviderInUse(Exception):
    """Mail is still to leave through it."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Mail that is to leave through a provider."""

    title: Title
    waiting: int  # mails
    is_single: bool  # a test, a confirmation: cancelled with its provider; a campaign is cancelled on its own page


def batches_under_way(provider: Provider) -> models.QuerySet[Batch]:
    """What still has mail to hand over through it."""
    return Batch.objects.filter(provider=provider).exclude(state__in=[Batch.State.DONE, Batch.State.CANCELLED])


def under_way(provider: Provider) -> list[UnderWay]:
    """The same by name, campaigns first, the newest first."""
    batches = list(batches_under_way(provider).order_by("kind", "-pk"))
    named, tallies = titles.titles(batch.pk for batch in batches), ledger.tallies(batches)
    return [UnderWay(named[batch.pk], tallies[batch.pk].waiting, batch.kind == Batch.Kind.OPEN) for batch in batches]


def remove(provider: Provider, *, cancelling: bool = False) -> None:
    """Delete it, or hide it while a report or a draft names it; its password goes either way. Raises ProviderInUse.

    `cancelling`: single mails that wait for it are cancelled.
    """
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        if cancelling:
            for batch in batches_under_way(provider).filter(kind=Batch.Kind.OPEN):
                ledger.cancel(batch)
        if left := under_way(provider):
            names = listed([f"“{found.title.text}”" for found in left[:_MOST_NAMED]])
            more = f" and {len(left) - _MOST_NAMED} more" if len(left) > _MOST_NAMED else ""
            verb = "are" if len(left) > 1 else "is"
            raise ProviderInUse(
                f"{names}{more} {verb} under way through {provider.name}. Cancel or finish what is being sent first."
            )
        if _carried(provider).filter(is_done=False, owner__isnull=False).exists():
            raise ProviderInUse(f"{provider.name} is carrying mail for another one. Pause it first.")
        if provider.is_default:
            provider.is_default = False
            Provider.objects.filter(pk=provider.pk).update(is_default=False)
            Provider.objects.sandbox().make_default()
        _forget(provider)


def _forget(provider: Provider) -> None:
    if not _is_named(provider):
        provider.delete()
        return
    provider.password = ""
    provider.removed_at = timezone.now()
    provider.save(update_fields=["password_sealed", "password_set_at", "removed_at"])


def _is_named(provider: Provider) -> bool:
    """By anything that would not go with it."""
    if _carried(provider).exists():
        return True
    namers = (relation for relation in provider._meta.related_objects if relation.on_delete is not models.CASCADE)
    return any(namer.related_model._base_manager.filter(**{namer.field.name: provider}).exists() for namer in namers)


def _carried(provider: Provider) -> models.QuerySet[Chunk]:
    """What it carries, or carried, whoever the batch was launched through."""
    return Chunk.objects.filter(offered_to=provider.pk)
