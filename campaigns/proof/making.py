"""Making a proof sheet: the people's consent is counted slice by slice, then all is written down and signed."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from campaigns.models import Campaign, ProofSheet, Stage
from campaigns.proof import document, signing, sources
from delivery import ledger
from delivery.models import Batch

_SLICE = 20_000
_SILENT = timedelta(minutes=2)


def begin(campaign: Campaign, *, by: User) -> ProofSheet:
    """A sheet that is still to be made; while one is being made, a second call returns that.

    Raises ledger.NotPossible.
    """
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(of=("self",)).select_related("batch").get(pk=campaign.pk)
        if locked.stage not in (Stage.SENT, Stage.CANCELLED):
            raise ledger.NotPossible("A proof sheet is made once everything has been sent.")
        if under_way := locked.proof_sheets.filter(finished_at=None).first():
            return under_way
        made = ProofSheet.objects.create(campaign=locked, created_by=by)
        audit.record(by, "proof.made", locked.name, campaign=locked.pk, sheet=made.pk)
    return made


def work(sheet_id: int) -> None:
    """To its end. Safe to run twice and to begin again: each slice is counted in one transaction with its place."""
    while _count_next(sheet_id):
        pass
    _finish(sheet_id)


def abandoned() -> list[int]:
    """Sheets that nobody has worked on for a while."""
    silent = ProofSheet.objects.filter(finished_at=None, alive_at__lt=timezone.now() - _SILENT)
    return list(silent.values_list("pk", flat=True))


@transaction.atomic
def _count_next(sheet_id: int) -> bool:
    """False when everybody is counted, or the sheet is gone."""
    sheet = _lock(sheet_id)
    batch = sheet.campaign.batch if sheet else None
    if sheet is None or batch is None or not batch.first_id or not batch.last_id:
        return False
    first = max(batch.first_id, sheet.counted_to + 1)
    if first > batch.last_id:
        return False
    last = min(batch.last_id, first + _SLICE - 1)
    for source, people in sources.count(batch, first, last).items():
        sheet.sources[source] = sheet.sources.get(source, 0) + people
    sheet.counted_to, sheet.alive_at = last, timezone.now()
    sheet.save(update_fields=["sources", "counted_to", "alive_at"])
    return True


@transaction.atomic
def _finish(sheet_id: int) -> None:
    sheet = _lock(sheet_id)
    if sheet is None:
        return
    sheet.document = document.of_sheet(sheet)
    sheet.digest, sheet.signature = signing.sign(sheet.document)
    sheet.finished_at = timezone.now()
    sheet.save(update_fields=["document", "digest", "signature", "finished_at"])


def _lock(sheet_id: int) -> ProofSheet | None:
    """None when it is finished."""
    open_ones = ProofSheet.objects.select_for_update(of=("self",)).select_related("campaign__batch__provider")
    return open_ones.filter(pk=sheet_id, finished_at=None).first()


def share_counted(sheet: ProofSheet, batch: Batch) -> tuple[int, int]:
    """How many of how many."""
    if not batch.first_id:
        return 0, batch.total
    return max(0, sheet.counted_to - batch.first_id + 1), batch.total
