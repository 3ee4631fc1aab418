from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from accounts.shell import problems
        from accounts.shell.notices import register
        from contacts.importing.running import waiting
        from contacts.notices import held_suppressions

        register(held_suppressions)
        problems.register(waiting.problems)
