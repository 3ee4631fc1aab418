"""Undo and redo of a draft's blocks: each change leaves the state before it, whoever made it and in whatever window.

All functions work on a campaign that `drafts.saving` has locked.
"""

from datetime import timedelta

from django.utils import timezone

from campaigns.content.blocks import Document
from campaigns.models import Campaign, DraftStep

WRITING = timedelta(seconds=5)  # what is typed into one block within it is one step

Leads = DraftStep.Leads


def change(campaign: Campaign, document: Document, touched: str = "") -> None:
    """Give the draft other blocks. `touched`: the block whose words are being written, if it is only that."""
    if document == campaign.blocks:
        return
    if not _is_still_written(campaign, touched):
        _keep(campaign, Leads.BACK, touched)
    campaign.steps.filter(leads=Leads.FORTH).delete()
    campaign.blocks = document


def undo(campaign: Campaign) -> bool:
    """False if there is nothing to undo."""
    return _step(campaign, Leads.BACK, Leads.FORTH)


def redo(campaign: Campaign) -> bool:
    return _step(campaign, Leads.FORTH, Leads.BACK)


def possible(campaign: Campaign) -> dict[str, bool]:
    """By button: whether it leads anywhere."""
    kinds = set(campaign.steps.values_list("leads", flat=True).distinct())
    return {"undo": Leads.BACK in kinds, "redo": Leads.FORTH in kinds}


def _step(campaign: Campaign, taken: Leads, other: Leads) -> bool:
    step = campaign.steps.filter(leads=taken).order_by("-id").first()
    if step is None:
        return False
    _keep(campaign, other)
    campaign.blocks = step.blocks
    step.delete()
    campaign.steps.update(touched="")  # what is written now is a step of its own
    return True


def _is_still_written(campaign: Campaign, touched: str) -> bool:
    if not touched:
        return False
    last = campaign.steps.filter(leads=Leads.BACK).order_by("-id").first()
    if last is None or last.touched != touched or last.at < timezone.now() - WRITING:
        return False
    last.at = timezone.now()
    last.save(update_fields=["at"])
    return True


def _keep(campaign: Campaign, leads: Leads, touched: str = "") -> None:
    DraftStep.objects.create(campaign=campaign, leads=leads, blocks=campaign.blocks, touched=touched)
