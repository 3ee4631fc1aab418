"""What Celery runs for delivery: ids in, one call, out. Every task may run twice or get lost; the tick sweeps."""

from contextlib import suppress

from celery import shared_task

from delivery.alerts import mailing, watching
from delivery.deliverability import days
from delivery.dispatch.tick import tick as offer_what_is_due
from delivery.domains import rechecking
from delivery.domains.delivered import checking as delivered
from delivery.domains.dmarc_reports import watching as dmarc_watching
from delivery.domains.link_hosts import watching as link_hosts
from delivery.engine import recovery
from delivery.engine import turn as engine
from delivery.feedback import acting, settling
from delivery.feedback.mailbox import polling
from delivery.feedback.webhooks import managing
from delivery.feedback.webhooks.lists import keeping
from delivery.feedback.webhooks.lists.reading import NotRead
from delivery.guards import heartbeat, incarnation
from delivery.ledger import auditing, building, cancelling
from delivery.models import ReturnMailbox, Webhook
from delivery.oauth import tokens
from delivery.providers import hours
from delivery.reputation import checking as reputation
from delivery.sandbox.rehearsing import relaying
from delivery.throttling import limits, mx
from delivery.workers import turns


@shared_task(name="delivery.tick", queue="control", expires=1)
def tick() -> None:
    if incarnation.guard():
        offer_what_is_due()
    heartbeat.beat()


@shared_task(name="delivery.turn", queue="bulk", acks_late=False)
def turn(*, provider_id: int, stream: str, turn_id: int | None = None) -> None:
    """Drive a provider's offered chunks for some seconds; sent to queue `bulk` or `transactional`."""
    # A page may queue one, and a restored queue hold one, before any tick has looked.
    if incarnation.guard():
        turns.take(provider_id, stream, turn_id, engine.run)
    else:
        turns.forget(turn_id)


@shared_task(name="delivery.relay_rehearsed", queue="jobs")
def relay_rehearsed() -> None:
    """Mails of a provider in rehearsal that its allow-list lets out."""
    if incarnation.guard():
        relaying.relay_waiting()


@shared_task(name="delivery.recover", queue="control")
def recover(*, chunk_id: int) -> None:
    """A lease ran out: find out from the journal what was sent, and free the chunk."""
    recovery.recover(chunk_id)


@shared_task(name="delivery.build", queue="jobs")
def build(*, batch_id: int) -> None:
    building.build(batch_id)


@shared_task(name="delivery.settle", queue="jobs")
def settle(*, batch_id: int) -> None:
    """Skip what a cancelled batch has not sent."""
    cancelling.settle(batch_id)


@shared_task(name="delivery.drop", queue="jobs")
def drop(*, batch_id: int) -> None:
    """Remove the messages of a batch that was undone."""
    building.drop(batch_id)


@shared_task(name="delivery.audit", queue="jobs")
def audit() -> None:
    auditing.audit_recent()


@shared_task(name="delivery.alert", queue="jobs", expires=60)
def alert() -> None:
    """Look for what is wrong, and tell those who can mend it."""
    watching.look()
    mailing.tell()


@shared_task(name="delivery.learn_domains", queue="jobs")
def learn_domains() -> None:
    """Whose servers take the mail of domains that many contacts have."""
    mx.learn()


@shared_task(name="delivery.forget_counts", queue="jobs")
def forget_counts() -> None:
    """Minutes that no hour or day limit looks at any more, and hours that no page shows."""
    limits.forget_old_counts()
    hours.forget_old()
    days.forget_old()


@shared_task(name="delivery.note_days", queue="jobs")
def note_days() -> None:
    """Where campaigns that take longer than a day stand as it begins."""
    days.note()


@shared_task(name="delivery.give_up_delayed", queue="jobs")
def give_up_delayed() -> None:
    """Delays that no server ever took back or ended: failures by now."""
    while acting.give_up_delayed() == acting.AT_ONCE:
        pass


@shared_task(name="delivery.read_provider_list", queue="jobs")
def read_provider_list(*, webhook_id: int) -> None:
    """Whom a provider takes mail for and never sends it to."""
    webhook = Webhook.objects.filter(pk=webhook_id).first()
    if webhook is not None:
        with suppress(NotRead):
            keeping.read(webhook)


@shared_task(name="delivery.read_provider_lists", queue="jobs")
def read_provider_lists() -> None:
    keeping.read_all()


@shared_task(name="delivery.look_for_silence", queue="jobs")
def look_for_silence() -> None:
    """Providers that accept mail and do not report on it any more."""
    managing.look_for_silence()


@shared_task(name="delivery.forget_returned", queue="jobs")
def forget_returned() -> None:
    """Returned mail that has been kept long enough."""
    settling.forget_old()


@shared_task(name="delivery.read_mailboxes", queue="jobs")
def read_mailboxes() -> None:
    """One task a mailbox, so that a dead server holds up no other."""
    for mailbox_id in ReturnMailbox.objects.due().values_list("pk", flat=True):
        read_mailbox.apply_async(kwargs={"mailbox_id": mailbox_id}, expires=60)


@shared_task(name="delivery.read_mailbox", queue="jobs")
def read_mailbox(*, mailbox_id: int) -> None:
    polling.poll(mailbox_id)


@shared_task(name="delivery.check_domains", queue="jobs")
def check_domains() -> None:
    """One task a domain, and one a host of counted links, so that a dead server holds up no other."""
    for domain_id in rechecking.due():
        check_domain.apply_async(kwargs={"domain_id": domain_id}, expires=60)
    for host_id in link_hosts.due():
        check_link_host.apply_async(kwargs={"host_id": host_id}, expires=60)


@shared_task(name="delivery.check_domain", queue="jobs")
def check_domain(*, domain_id: int) -> None:
    rechecking.check(domain_id)


@shared_task(name="delivery.check_link_host", queue="jobs")
def check_link_host(*, host_id: int) -> None:
    """Whether it leads here, and how long its certificate lasts."""
    link_hosts.check(host_id)


@shared_task(name="delivery.look_at_dmarc_reports", queue="jobs", expires=600)
def look_at_dmarc_reports() -> None:
    """Whose networks the sources are, and which of our own begin to fail."""
    dmarc_watching.look()


@shared_task(name="delivery.send_domain_mail", queue="jobs")
def send_domain_mail(*, mail_id: int) -> None:
    """One that is sent to see how it arrives."""
    delivered.send(mail_id)


@shared_task(name="delivery.look_at_reputation", queue="jobs", expires=3600)
def look_at_reputation() -> None:
    """Reverse DNS of our own addresses, and the blocklists that are switched on."""
    reputation.look()


@shared_task(name="delivery.renew_tokens", queue="jobs", expires=60)
def renew_tokens() -> None:
    """Access tokens that end soon."""
    tokens.renew_early()
