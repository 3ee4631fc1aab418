from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "tracking"

    def ready(self) -> None:
        from contacts import timeline
        from tracking import telling

        timeline.register(telling.entries)
