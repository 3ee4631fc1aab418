from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.core.signals import got_request_exception

        from accounts.faults import noticing

        connection_created.connect(_lose_no_lock)
        got_request_exception.connect(noticing.notice)
        user_logged_in.connect(_begin_session, sender=None, dispatch_uid="accounts")


def _lose_no_lock(connection: BaseDatabaseWrapper, **_: Any) -> None:
    from accounts.database import locks

    locks.missed_soon(connection.connection)


def _begin_session(request: HttpRequest, **_: Any) -> None:
    """Whoever has just logged in is not asked again at once. Sessions that ran out are swept on the way."""
    from accounts.login import confirming
    from accounts.sessions import listing

    confirming.confirmed(request)
    listing.sweep()
