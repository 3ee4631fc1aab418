from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from accounts.signals import organisation_created
        from campaigns import rendering, samples
        from delivery import content

        content.register("edition", rendering.load_edition)
        organisation_created.connect(samples.begin, dispatch_uid="campaigns.samples")
