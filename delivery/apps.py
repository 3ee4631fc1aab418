from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DeliveryConfig(AppConfig):
    name = "delivery"

    def ready(self) -> None:
        from accounts.organisation import hosts, senders
        from accounts.people import mailing
        from accounts.shell import problems
        from accounts.shell.notices import register
        from contacts import timeline
        from contacts.importing.undoing import mailed as undoing_mailed
        from contacts.segments import registry
        from contacts.their_data import collecting
        from delivery import merging, their_data
        from delivery.deliverability import complaints
        from delivery.deliverability.condition import MailboxProvider
        from delivery.domains import known, standing
        from delivery.domains import trouble as domain_trouble
        from delivery.domains.dmarc_reports import watching as dmarc_watching
        from delivery.domains.link_hosts import watching as link_hosts
        from delivery.domains.models import SendingDomain
        from delivery.erasing import parts
        from delivery.feedback.condition import FailedInARow
        from delivery.feedback.listening import seen
        from delivery.feedback.mailbox import trouble
        from delivery.feedback.webhooks import reading
        from delivery.feedback.webhooks.lists import keeping
        from delivery.ledger import mailed
        from delivery.models import Provider, ReturnListener, ReturnMailbox
        from delivery.notices import (
            held_reports,
            mail_not_received,
            paused_providers,
            short_disk,
            silent_workers,
            troubled_webhooks,
            webhooks_in_trouble,
        )
        from delivery.oauth import tokens
        from delivery.providers import out_of_service
        from delivery.reputation import checking as reputation
        from delivery.sandbox.rehearsing.notices import rehearsing
        from delivery.staff_mail import StaffMail

        mailing.register(StaffMail())
        senders.register(standing.remark)
        hosts.register(known.counting_addresses)
        post_migrate.connect(_provide_sandbox, sender=self)
        register(silent_workers)
        register(short_disk)
        register(paused_providers, rows=Provider.objects.out_of_service)
        register(rehearsing, rows=Provider.objects.in_rehearsal)
        register(webhooks_in_trouble, rows=troubled_webhooks)
        problems.register(tokens.problems, rows=tokens.failing)  # before the provider's own: it knows the cure
        problems.register(out_of_service.problems, rows=Provider.objects.out_of_service)
        problems.register(complaints.problems)
        problems.register(trouble.problems, rows=ReturnMailbox.objects.in_trouble)
        register(mail_not_received, rows=ReturnListener.objects.in_trouble)
        register(held_reports, rows=seen.held_reports)
        register(domain_trouble.notices, rows=SendingDomain.objects.broken)
        problems.register(link_hosts.problems, rows=link_hosts.in_trouble)
        problems.register(domain_trouble.problems, rows=domain_trouble.domains)
        problems.register(dmarc_watching.problems, rows=dmarc_watching.failing)
        problems.register(reputation.problems)
        reading.register()
        timeline.register(keeping.entries)
        undoing_mailed.register(mailed.among)
        registry.register(MailboxProvider, FailedInARow)
        parts.register()
        collecting.register(their_data.sections)
        merging.register()


def _provide_sandbox(**_: Any) -> None:
    """A new installation sends into the sandbox: nothing leaves by mistake."""
    from django.db import connection

    from delivery.models import Provider

    if Provider._meta.db_table in connection.introspection.table_names():
        Provider.objects.sandbox()
