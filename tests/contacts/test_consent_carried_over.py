"""One consent to tracking becomes one for opens and one for clicks. Takes seconds: a new database is migrated."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from contacts.models import Contact, TrackingConsentEvent
from tests.database.creation import DatabaseCreation

BEFORE = ("contacts", "0010_list_growth")


@pytest.fixture
def empty(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database without tables, of its own."""
    creation = connection.creation
    assert isinstance(creation, DatabaseCreation)
    with django_db_blocker.unblock(), creation.made(f"test_carried_over_{os.getpid()}"):
        yield


def migrate(*targets: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    return executor.migrate(list(targets)).apps


@pytest.mark.usefixtures("empty")
def test_what_was_known_holds_for_both_and_stays_known_as_such() -> None:
    old = migrate(BEFORE).get_model("contacts", "Contact")
    for state in ("unknown", "given", "refused"):
        old.objects.create(email=f"{state}@example.org", tracking_consent=state)
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes("contacts"))
    kept = Contact.objects.order_by("email").values_list("open_consent", "click_consent")
    assert list(kept) == [("given", "given"), ("refused", "refused"), ("unknown", "unknown")]
    events = TrackingConsentEvent.objects.order_by("contact__email", "part")
    assert [(one.contact.email, one.part, one.state, one.channel) for one in events] == [
        ("given@example.org", "clicks", "given", "before"),
        ("given@example.org", "opens", "given", "before"),
        ("refused@example.org", "clicks", "refused", "before"),
        ("refused@example.org", "opens", "refused", "before"),
    ]
