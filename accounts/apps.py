from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.core.signals import got_request_exception

        from accounts.faults import noticing

        got_request_exception.connect(noticing.notice)
        user_logged_in.connect(_begin_session, sender=None, dispatch_uid="accounts")


def _begin_session(request: HttpRequest, **_: Any) -> None:
    """Whoever has just logged in is not asked again at once. Sessions that ran out are swept on the way."""
    from accounts import confirming
    from accounts.sessions import listing

    confirming.confirmed(request)
    listing.sweep()
