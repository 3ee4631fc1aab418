from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from accounts.signals import organisation_created
        from campaigns import samples, titles
        from campaigns.message import editions
        from delivery import content
        from tracking.titles import register

        content.register("edition", editions.load_edition)
        register(titles.of_batches)
        organisation_created.connect(samples.begin, dispatch_uid="campaigns.samples")
