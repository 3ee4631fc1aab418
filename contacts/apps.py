from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"

    def ready(self) -> None:
        from accounts.shell.notices import register
        from contacts.notices import held_suppressions

        register(held_suppressions)
