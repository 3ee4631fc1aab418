"""Sessions are kept in the database, each with the person whose it is, so that they can be listed and ended."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from accounts.models import Session


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Every page of somebody who is logged in asks: see `Organisation.for_page`."""
        query = "SELECT * FROM accounts_session WHERE session_key = %s AND expire_date > %s"
        found = next(iter(Session.objects.raw(query, [self.session_key, timezone.now()])), None)
        if found is None:
            self._session_key = None  # it is not taken over from whoever named it
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session: Session = super().create_model_instance(data)  # type: ignore[assignment]  # of our model class
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return session
