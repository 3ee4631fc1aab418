from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "tracking"

    def ready(self) -> None:
        from contacts import timeline
        from delivery.complaints import complained
        from tracking import recording, telling

        timeline.register(telling.entries)
        complained.connect(recording.record_complaint)
