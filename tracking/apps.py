from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "tracking"

    def ready(self) -> None:
        from contacts import timeline
        from delivery.feedback.acting import complained
        from tracking import recording
        from tracking.message_log import story

        timeline.register(story.entries)
        complained.connect(recording.record_complaint)
