from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "tracking"

    def ready(self) -> None:
        from accounts.shell.problems import register
        from contacts import timeline
        from contacts.segments import registry
        from contacts.their_data import collecting
        from delivery.feedback.acting import automated, complained
        from tracking import conditions, merging, problems, tasks
        from tracking.conversions import condition
        from tracking.conversions import timeline as conversions
        from tracking.message_log import story
        from tracking.privacy import erasing, their_data
        from tracking.public import recording

        timeline.register(story.entries)
        timeline.register(conversions.entries)
        registry.register(*conditions.EVERY, condition.ReachedGoal)
        register(problems.unreadable_geoip_file)
        complained.connect(recording.record_complaint)
        automated.connect(tasks.when_automated)
        erasing.register()
        merging.register()
        collecting.register(their_data.sections)
