from celery import shared_task

from campaigns.drafts import deciding
from campaigns.models import Campaign
from campaigns.morning.weekly import sending
from campaigns.preflight import link_checks
from campaigns.proof import making
from campaigns.review.review import Review


@shared_task(name="campaigns.make_proof", queue="jobs", acks_late=True, ignore_result=True)
def make_proof(*, sheet_id: int) -> None:
    making.work(sheet_id)


@shared_task(name="campaigns.sweep_proofs", queue="jobs", ignore_result=True)
def sweep_proofs() -> None:
    """Takes up proof sheets whose worker was killed, or whose task got lost with the broker."""
    for sheet_id in making.abandoned():
        make_proof.delay(sheet_id=sheet_id)


@shared_task(name="campaigns.forget_fixed_audiences", queue="jobs", ignore_result=True)
def forget_fixed_audiences() -> None:
    deciding.forget()


@shared_task(name="campaigns.weekly_summaries", queue="jobs", ignore_result=True)
def weekly_summaries() -> None:
    sending.send_due()


@shared_task(name="campaigns.follow_links", queue="jobs", ignore_result=True)
def follow_links(*, campaign_id: int) -> None:
    """Asks for what the draft links to. Lost with its worker, it is queued again by whoever looks a minute later."""
    try:
        if campaign := Campaign.objects.filter(pk=campaign_id).first():
            campaign.take_envelope()
            link_checks.follow(Review(campaign, None).followable)
    finally:
        link_checks.ends(campaign_id)
