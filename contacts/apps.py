from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from accounts.shell.notices import register
        from contacts.notices import held_suppressions
        from contacts.segments import conditions  # noqa: F401  # registers them

        register(held_suppressions)
