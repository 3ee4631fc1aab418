from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.core.signals import got_request_exception

        from accounts.faults import noticing

        got_request_exception.connect(noticing.notice)
