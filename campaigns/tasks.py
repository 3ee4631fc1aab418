from celery import shared_task

from campaigns.proof import making


@shared_task(name="campaigns.make_proof", queue="jobs", acks_late=True, ignore_result=True)
def make_proof(*, sheet_id: int) -> None:
    making.work(sheet_id)


@shared_task(name="campaigns.sweep_proofs", queue="jobs", ignore_result=True)
def sweep_proofs() -> None:
    """Takes up proof sheets whose worker was killed, or whose task got lost with the broker."""
    for sheet_id in making.abandoned():
        make_proof.delay(sheet_id=sheet_id)
