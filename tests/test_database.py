"""The session of the database that one test leaves to the next."""

import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connections

from tests.database.base import DatabaseWrapper


def asked(query: str) -> object:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def done(statement: str) -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_next_test_has_the_session_but_nothing_of_what_this_one_set() -> None:
    found = connections[DEFAULT_DB_ALIAS]
    assert isinstance(found, DatabaseWrapper)
    session = asked("SELECT pg_backend_pid()")
    locks = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'"
    for statement in (
        "SELECT pg_advisory_lock(7, 7)",
        "CREATE TEMPORARY TABLE left_behind (id int)",
        "SET statement_timeout = '7s'",
        "SET session_replication_role = replica",
        "SET timezone = 'Asia/Tokyo'",
        "LISTEN left_behind",
        "PREPARE left_behind AS SELECT 1",
    ):
        done(statement)
    assert asked(locks) == 1
    assert found.is_as_new()
    assert asked("SELECT pg_backend_pid()") == session
    assert asked(locks) == 0
    assert asked("SELECT to_regclass('left_behind')") is None
    assert asked("SHOW statement_timeout") == "0"
    assert asked("SHOW session_replication_role") == "origin"
    assert asked("SHOW timezone") == (found.timezone_name or settings.TIME_ZONE)
    assert asked("SELECT count(*) FROM pg_listening_channels()") == 0
    assert asked("SELECT count(*) FROM pg_prepared_statements") == 0


@pytest.mark.django_db(transaction=True)
def test_session_in_which_something_went_wrong_is_not_kept() -> None:
    found = connections[DEFAULT_DB_ALIAS]
    assert isinstance(found, DatabaseWrapper)
    with pytest.raises(ProgrammingError):
        done("SELECT no_such_column")
    assert not found.is_as_new()
    found.close()
    assert not found.is_as_new()
