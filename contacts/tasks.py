from celery import shared_task
from django.utils import timezone

from contacts.bulk import working as bulk_working
from contacts.downloads import writing as exports
from contacts.erasing import working as erasing
from contacts.fixed import drawing
from contacts.grounds import expiring
from contacts.growth import folding
from contacts.guessing import rounds
from contacts.importing.running import working
from contacts.importing.undoing import carrying_through, keeping
from contacts.merging import parting as merges
from contacts.profile_fields import counting as fields
from contacts.profile_fields import working as field_changes
from contacts.reach import counting
from contacts.segments import counting as segments
from contacts.segments import everybody, indexing
from contacts.signup import sweeping
from contacts.table import folding as table_folding


@shared_task(name="contacts.work_on_import", queue="jobs", acks_late=True, ignore_result=True)
def work_on_import(*, job_id: int) -> None:
    working.work(job_id)


@shared_task(name="contacts.sweep_imports", queue="jobs", ignore_result=True)
def sweep_imports() -> None:
    """Takes up imports whose worker was killed, or whose task got lost with the broker."""
    for job_id in working.abandoned():
        work_on_import.delay(job_id=job_id)


@shared_task(name="contacts.forget_abandoned_imports", queue="jobs", ignore_result=True)
def forget_abandoned_imports() -> None:
    """Uploads that nobody went on with for a day: their files hold people."""
    for job in working.unattended():
        working.abandon(job)


@shared_task(name="contacts.undo_import", queue="jobs", acks_late=True, ignore_result=True)
def undo_import(*, undo_id: int) -> None:
    carrying_through.work(undo_id)


@shared_task(name="contacts.sweep_undos", queue="jobs", ignore_result=True)
def sweep_undos() -> None:
    for undo_id in carrying_through.abandoned():
        undo_import.delay(undo_id=undo_id)


@shared_task(name="contacts.forget_old_imports", queue="jobs", ignore_result=True)
def forget_old_imports() -> None:
    """What imports overwrote, once it is too late to undo them."""
    keeping.forget_old()


@shared_task(name="contacts.count_audience", queue="jobs", ignore_result=True)
def count_audience() -> None:
    counting.refresh()


@shared_task(name="contacts.draw_up_audience", queue="jobs", acks_late=True, ignore_result=True)
def draw_up_audience(*, fixed_id: int) -> None:
    drawing.draw_up(fixed_id)


@shared_task(name="contacts.sweep_fixed_audiences", queue="jobs", ignore_result=True)
def sweep_fixed_audiences() -> None:
    """Takes up those whose worker was killed, or whose task got lost with the broker."""
    for fixed_id in drawing.abandoned():
        draw_up_audience.delay(fixed_id=fixed_id)


@shared_task(name="contacts.fold_growth", queue="jobs", ignore_result=True)
def fold_growth() -> None:
    folding.fold()


@shared_task(name="contacts.count_segments", queue="jobs", ignore_result=True)
def count_segments() -> None:
    segments.refresh()


@shared_task(name="contacts.erase", queue="jobs", acks_late=True, ignore_result=True)
def erase(*, erasure_id: int) -> None:
    erasing.work(erasure_id)


@shared_task(name="contacts.sweep_erasures", queue="jobs", ignore_result=True)
def sweep_erasures() -> None:
    for erasure_id in erasing.sweep():
        erase.delay(erasure_id=erasure_id)


@shared_task(name="contacts.sweep_signups", queue="jobs", ignore_result=True)
def sweep_signups() -> None:
    sweeping.sweep(timezone.now())


@shared_task(name="contacts.count_fields", queue="jobs", ignore_result=True)
def count_fields() -> None:
    fields.refresh()


@shared_task(name="contacts.change_field", queue="jobs", acks_late=True, ignore_result=True)
def change_field(*, change_id: int) -> None:
    field_changes.work(change_id)


@shared_task(name="contacts.sweep_field_changes", queue="jobs", ignore_result=True)
def sweep_field_changes() -> None:
    """Takes up changes whose worker was killed, or whose task got lost with the broker."""
    for change_id in field_changes.abandoned():
        change_field.delay(change_id=change_id)


@shared_task(name="contacts.work_on_bulk_change", queue="jobs", acks_late=True, ignore_result=True)
def work_on_bulk_change(*, change_id: int) -> None:
    bulk_working.work(change_id)


@shared_task(name="contacts.sweep_bulk_changes", queue="jobs", ignore_result=True)
def sweep_bulk_changes() -> None:
    """Takes up changes whose worker was killed, or whose task got lost with the broker."""
    for change_id in bulk_working.abandoned():
        work_on_bulk_change.delay(change_id=change_id)


@shared_task(name="contacts.forget_bulk_changes", queue="jobs", ignore_result=True)
def forget_bulk_changes() -> None:
    bulk_working.forget()
    merges.forget()


@shared_task(name="contacts.fold_search", queue="jobs", ignore_result=True)
def fold_search() -> None:
    table_folding.fold()


@shared_task(name="contacts.index_fields", queue="jobs", ignore_result=True)
def index_fields() -> None:
    indexing.keep()
    everybody.mend()


@shared_task(name="contacts.guess", queue="jobs", ignore_result=True)
def guess() -> None:
    """Language and time zone of people who did not say them."""
    rounds.turn()


@shared_task(name="contacts.write_export", queue="jobs", acks_late=True, ignore_result=True)
def write_export(*, job_id: int) -> None:
    exports.write(job_id)


@shared_task(name="contacts.sweep_exports", queue="jobs", ignore_result=True)
def sweep_exports() -> None:
    """Takes up exports whose worker was killed, and removes files that nobody needs any more."""
    for job_id in exports.abandoned():
        write_export.delay(job_id=job_id)
    exports.forget()


@shared_task(name="contacts.apply_consent_rules", queue="jobs", ignore_result=True)
def apply_consent_rules(*, list_id: int | None = None) -> None:
    """Until when consent holds, of who joined since, or whose date in a field has changed."""
    expiring.apply_rules(list_id)
