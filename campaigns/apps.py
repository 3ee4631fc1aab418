from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from accounts.organisation import samples as sample_data
        from accounts.shell import notices, problems
        from accounts.signals import organisation_created
        from campaigns import conditions, titles
        from campaigns.approval import standing, waiting
        from campaigns.attachments import models as _attachments  # noqa: F401  # its table follows a campaign
        from campaigns.comments import mentions
        from campaigns.conditions.one_campaign import row_of
        from campaigns.mail_imports import models  # noqa: F401  # known wherever a campaign may be deleted
        from campaigns.message import editions
        from campaigns.models import Campaign
        from campaigns.morning import stopped, undecided
        from campaigns.privacy import erasing, their_data
        from campaigns.sample_data import samples
        from campaigns.signup_mails import compiled as signup_mails
        from campaigns.signup_mails import rehearsed
        from campaigns.signup_mails import sending as signup_sending
        from campaigns.uses import fields, planned_lists, segments, senders
        from contacts import list_uses
        from contacts.profile_fields import uses as of_fields
        from contacts.segments import registry, uses
        from contacts.signup.signals import mail_wanted
        from contacts.their_data import collecting
        from delivery import content
        from delivery.alerts import watching
        from delivery.domains import known
        from delivery.providers import following, sample_relay
        from delivery.titles import register
        from tracking import segmenting

        content.register("edition", editions.load_edition)
        content.register(signup_sending.CONTENT_KIND, signup_mails.load)
        mail_wanted.connect(signup_sending.send, dispatch_uid="campaigns.signup_mails")
        known.register(senders.addresses)
        following.register(Campaign.count_followers)
        register(titles.of_batches)
        registry.register(*conditions.EVERY)
        uses.register(segments.find)
        of_fields.register(fields.find)
        list_uses.register(planned_lists.uses)
        segmenting.register(row_of)
        problems.register(undecided.problems, rows=undecided.begun)
        watching.register(stopped.problems)
        problems.register(waiting.problems, rows=standing.asking)
        problems.register(mentions.problems, rows=mentions.unanswered)
        problems.register(planned_lists.problems, rows=planned_lists.with_archived_lists)
        problems.register(rehearsed.problems, rows=rehearsed.waiting)
        sample_data.register(samples.are_there)
        notices.register(samples.notice, rows=sample_relay.relays)
        erasing.register()
        collecting.register(their_data.sections)
        organisation_created.connect(samples.begin, dispatch_uid="campaigns.samples")
