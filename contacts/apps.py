from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from accounts.shell import problems
        from accounts.shell.notices import register
        from contacts import timeline
        from contacts.bulk import story as bulk
        from contacts.erasing import own
        from contacts.grounds import expiring
        from contacts.importing.running import waiting
        from contacts.importing.undoing import story as imports
        from contacts.merging import own as merging
        from contacts.merging import story as merges
        from contacts.notices import consent_ending, held_suppressions
        from contacts.profile import changing, notes
        from contacts.segments import conditions, registry
        from contacts.signup import paused
        from contacts.suppression import holding
        from contacts.their_data import collecting
        from contacts.their_data import own as their_data

        register(held_suppressions, rows=holding.on_hold)
        register(consent_ending, rows=expiring.about_to_end)
        registry.register(*conditions.EVERY)
        problems.register(waiting.problems, rows=waiting.jobs)
        problems.register(paused.problems, rows=paused.by_themselves)
        timeline.register(changing.story)
        timeline.register(notes.story)
        own.register_parts()
        collecting.register(their_data.sections)
        merging.register_parts()
        timeline.register(merges.story)
        timeline.register(bulk.story)
        timeline.register(imports.story)
