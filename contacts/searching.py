"""How contacts are found."""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

if TYPE_CHECKING:
    from contacts.models import Contact  # noqa: F401  # used by the quoted name below


class ContactQuerySet(models.QuerySet["Contact"]):
    def search(self, text: str) -> Self:
        """Those with `text` anywhere in their address or their name, whatever the case."""
        found = self
        for word in text.split():
            found = found.filter(
                Q(email__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
            )
        return found

    def on_list(self, list_id: int) -> Self:
        """Whoever is on that list, in whatever state."""
        return self.filter(Exists(_subscriptions(list_id=list_id)))

    def reachable(self) -> Self:
        """Subscribed to at least one list and not suppressed."""
        return self.filter(Exists(_subscriptions(state="subscribed")), ~Exists(_suppressions()))

    def unsubscribed(self) -> Self:
        """Left every list they were on, or everything at once."""
        left = Exists(_subscriptions(state="unsubscribed")) & ~Exists(_subscriptions(state="subscribed"))
        return self.filter(left | Exists(_suppressions(reason="unsubscribed")))

    def suppressed(self) -> Self:
        return self.filter(Exists(_suppressions()))

    def on_no_list(self) -> Self:
        return self.filter(~Exists(_subscriptions()))

    def with_suppression(self) -> Self:
        """Adds `suppression_reason` (None: not suppressed)."""
        return self.annotate(suppression_reason=models.Subquery(_suppressions().values("reason")[:1]))


def _subscriptions(**conditions: Any) -> "models.QuerySet[Any]":
    return apps.get_model("contacts", "Subscription")._default_manager.filter(contact=OuterRef("pk"), **conditions)


def _suppressions(**conditions: Any) -> "models.QuerySet[Any]":
    suppression = apps.get_model("contacts", "Suppression")
    return suppression._default_manager.filter(email=Lower(OuterRef("email")), **conditions)
