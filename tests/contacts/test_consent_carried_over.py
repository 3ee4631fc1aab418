"""One consent to tracking becomes one for opens and one for clicks. Takes seconds: tables change back and forth."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from contacts.models import Contact, TrackingConsentEvent

BEFORE = ("contacts", "0010_list_growth")


def migrate(*targets: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    return executor.migrate(list(targets)).apps


@pytest.mark.django_db(transaction=True)
def test_what_was_known_holds_for_both_and_stays_known_as_such() -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()  # other parts' tables go back with these
    try:
        old = migrate(BEFORE).get_model("contacts", "Contact")
        for state in ("unknown", "given", "refused"):
            old.objects.create(email=f"{state}@example.org", tracking_consent=state)
    finally:
        migrate(*newest)
    kept = Contact.objects.order_by("email").values_list("open_consent", "click_consent")
    assert list(kept) == [("given", "given"), ("refused", "refused"), ("unknown", "unknown")]
    events = TrackingConsentEvent.objects.order_by("contact__email", "part")
    assert [(one.contact.email, one.part, one.state, one.channel) for one in events] == [
        ("given@example.org", "clicks", "given", "before"),
        ("given@example.org", "opens", "given", "before"),
        ("refused@example.org", "clicks", "refused", "before"),
        ("refused@example.org", "opens", "refused", "before"),
    ]
