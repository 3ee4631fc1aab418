"""A database that came all the way from an early version. Takes seconds: each migration runs after the other."""

import copy
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Field
from pytest_django import DjangoDbBlocker

from contacts.models import Contact, TrackingConsentEvent
from tests.database.creation import DatabaseCreation, migrated_name
from tools import schema

BEFORE = ("contacts", "0010_list_growth")
# Partitions come and go with mails and months.
_OPTIONS = ("--schema-only", "--exclude-table=tracking_event_2*", "--exclude-table=delivery_message_[0-9]*")


@pytest.fixture(scope="module")
def new(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """The tables of a new installation; other tests may have left some of their own in the database they share."""
    creation = connection.creation
    assert isinstance(creation, DatabaseCreation)
    with django_db_blocker.unblock():
        creation.migrate_ahead()  # this module alone asks pytest-django for no database
        with creation.made(f"test_new_{os.getpid()}", migrated_name()):
            return schema.dumped(*_OPTIONS)


@pytest.fixture(scope="module")
def _old(new: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database of its own, in which people had answered before opens and clicks were told apart."""
    creation = connection.creation
    assert isinstance(creation, DatabaseCreation)
    with django_db_blocker.unblock(), creation.made(f"test_carried_over_{os.getpid()}"):
        old = migrate(BEFORE).get_model("contacts", "Contact")
        for state in ("unknown", "given", "refused"):
            old.objects.create(email=f"{state}@example.org", tracking_consent=state)
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())
        yield


def migrate(*targets: tuple[str, str]) -> Any:
    executor = MigrationExecutor(connection)
    with pytest.MonkeyPatch.context() as patch:
        # A model that changes is made anew with all that refer to it: a copied field is the one that was taken apart
        # and put together, in less than half the time.
        patch.setattr(Field, "clone", copy.deepcopy)
        return executor.migrate(list(targets)).apps


@pytest.mark.usefixtures("_old")
def test_what_was_known_holds_for_both_and_stays_known_as_such() -> None:
    kept = Contact.objects.order_by("email").values_list("open_consent", "click_consent")
    assert list(kept) == [("given", "given"), ("refused", "refused"), ("unknown", "unknown")]
    events = TrackingConsentEvent.objects.order_by("contact__email", "part")
    assert [(one.contact.email, one.part, one.state, one.channel) for one in events] == [
        ("given@example.org", "clicks", "given", "before"),
        ("given@example.org", "opens", "given", "before"),
        ("refused@example.org", "clicks", "refused", "before"),
        ("refused@example.org", "opens", "refused", "before"),
    ]


@pytest.mark.usefixtures("_old")
def test_its_tables_are_those_of_a_new_installation(new: str) -> None:
    assert not schema.differences(schema.dumped(*_OPTIONS), new)
