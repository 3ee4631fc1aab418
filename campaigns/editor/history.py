"""Undo and redo of a draft's blocks: each change leaves the state before it, whoever made it and in whatever window.

Undo ends only where the steps would fill the disk: at what one draft's may take, and after a month.
All functions work on a campaign that `drafts.saving` has locked.
"""

from datetime import timedelta

from django.db.models import BigIntegerField, F, Func, Sum, Window
from django.utils import timezone

from accounts.models import User
from campaigns.content.blocks import Document
from campaigns.models import Campaign, DraftStep

WRITING = timedelta(seconds=5)  # what is typed into one block within it is one step
ROOM_BYTES = 20_000_000  # for one draft's steps as they are stored: days of writing, a hundred of the largest mail
KEPT_FOR = timedelta(days=30)
_SWEPT = 100  # steps of all drafts looked at, the oldest first, whenever one is kept

Leads = DraftStep.Leads


def change(campaign: Campaign, document: Document, touched: str = "", *, by: User | None) -> None:
    """Give the draft other blocks. `touched`: the block whose words are being written, if it is only that."""
    if document == campaign.blocks:
        return
    if not _is_still_written(campaign, touched, by):
        _keep(campaign, Leads.BACK, by, touched)
        _sweep(campaign)
    campaign.steps.filter(leads=Leads.FORTH).delete()
    campaign.blocks = document


def undo(campaign: Campaign) -> bool:
    """False if there is nothing to undo."""
    return _step(campaign, Leads.BACK, Leads.FORTH)


def redo(campaign: Campaign) -> bool:
    return _step(campaign, Leads.FORTH, Leads.BACK)


def possible(campaign: Campaign) -> dict[str, DraftStep | None]:
    """By button: the step it takes, which says whose change it is about; None if it leads nowhere."""
    steps = campaign.steps.select_related("by").defer("blocks").order_by("-id")
    return {name: steps.filter(leads=leads).first() for name, leads in (("undo", Leads.BACK), ("redo", Leads.FORTH))}


def _step(campaign: Campaign, taken: Leads, other: Leads) -> bool:
    step = campaign.steps.filter(leads=taken).order_by("-id").first()
    if step is None:
        return False
    _keep(campaign, other, step.by)
    campaign.blocks = step.blocks
    step.delete()
    campaign.steps.update(touched="")  # what is written now is a step of its own
    return True


def _is_still_written(campaign: Campaign, touched: str, by: User | None) -> bool:
    if not touched:
        return False
    last = campaign.steps.filter(leads=Leads.BACK).defer("blocks").order_by("-id").first()
    if last is None or (last.touched, last.by_id) != (touched, by and by.pk) or last.at < timezone.now() - WRITING:
        return False
    last.at = timezone.now()
    last.save(update_fields=["at"])
    return True


def _keep(campaign: Campaign, leads: Leads, by: User | None, touched: str = "") -> None:
    DraftStep.objects.create(campaign=campaign, leads=leads, blocks=campaign.blocks, by=by, touched=touched)


def _sweep(campaign: Campaign) -> None:
    """Also in drafts that nobody opens any more and in campaigns gone out, which get no steps of their own."""
    size = Func(F("blocks"), function="pg_column_size", output_field=BigIntegerField())
    room = campaign.steps.annotate(room=Window(Sum(size), order_by=F("id").desc()))
    DraftStep.objects.filter(pk__in=room.filter(room__gt=ROOM_BYTES).values_list("pk", flat=True)).delete()
    oldest = list(DraftStep.objects.order_by("pk").values_list("pk", flat=True)[:_SWEPT])
    DraftStep.objects.filter(pk__in=oldest, at__lt=timezone.now() - KEPT_FOR).delete()
