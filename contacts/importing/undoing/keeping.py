"""How long imports can be undone, and what is forgotten then."""

from datetime import datetime, timedelta

from django.db.models import F, Func, Value
from django.utils import timezone

from contacts.models import ImportGraver, ImportJob, ImportOverwritten, ImportSlice

DAYS = 30


def undoable(job: ImportJob) -> bool:
    """Whether something that the import did is still recorded and not undone."""
    return job.slices.filter(undone_at=None, at__gt=_oldest()).exists()


def forget_old() -> None:
    """After 30 days the import stays. Slice by slice, so that no transaction is long."""
    for slice_id in list(ImportSlice.objects.filter(at__lte=_oldest()).values_list("pk", flat=True)):
        ImportOverwritten.objects.filter(slice_id=slice_id).delete()
        ImportSlice.objects.filter(pk=slice_id).delete()


def forget_person(contact_id: int, suppression_id: int | None = None) -> None:
    """Whoever is erased must not come back by an undo, and what stood in their fields is gone here, too."""
    ImportOverwritten.objects.filter(contact_id=contact_id).delete()
    ImportSlice.objects.filter(added__contains=[contact_id]).update(
        added=Func(F("added"), Value(contact_id), function="array_remove")
    )
    if suppression_id is not None:
        ImportGraver.objects.filter(suppression_id=suppression_id).delete()


def _oldest() -> datetime:
    return timezone.now() - timedelta(days=DAYS)
