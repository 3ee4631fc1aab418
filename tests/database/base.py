"""Where Django looks for the database that settings name.

After a test that committed, Django truncates every table: with a hundred of them, their partitions and indexes, that
makes some four hundred new files for a handful of rows. Here the rows are deleted, of those tables that have any, and
not while the live server still answers: a page that is closed sends what its author typed last.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.color import Style
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, OperationalError
from django.db.backends.postgresql import base, operations
from django.dispatch import receiver

from tests.database.creation import DatabaseCreation

# What migrations say once for all and tests only read.
_KEPT = {"django_content_type", "auth_permission"}
# What a request that arrives only now could stand in the way of: to take its rows away in turn.
_TRIES = 5
_answering: set[threading.Thread] = set()


@receiver(request_started)
def _begun(**_: Any) -> None:
    _answering.add(threading.current_thread())


@receiver(request_finished)
def _ended(**_: Any) -> None:
    _answering.discard(threading.current_thread())


def _until_answered() -> None:
    """Until no other thread is in the middle of a request."""
    while any(thread.is_alive() for thread in list(_answering) if thread is not threading.current_thread()):
        time.sleep(0.01)


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style: Style, tables: Sequence[str], **options: Any) -> list[str]:
        """As with a truncation no trigger runs: none counts the rows away, none refuses, no reference is looked up."""
        _until_answered()
        quoted = [self.quote_name(table) for table in tables if table not in _KEPT]
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser')")
            if cursor.fetchone() != ("on",):  # in somebody's own server: the way that is open to everybody
                return super().sql_flush(style, tables, **options)
            have_rows = ", ".join(f"EXISTS(SELECT FROM {table})" for table in quoted)
            cursor.execute(f"SELECT ARRAY[{have_rows}]")
            (are_filled,) = cursor.fetchone() or ([],)
        filled = [table for table, is_filled in zip(quoted, are_filled, strict=True) if is_filled]
        emptied = [f"DELETE FROM {table};" for table in filled]  # noqa: S608  # names of tables
        return ["SET LOCAL session_replication_role = replica;", *emptied] if emptied else []

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        for left in reversed(range(_TRIES)):
            try:
                return super().execute_sql_flush(sql_list)
            except OperationalError:  # a deadlock: the request is over, or goes first
                if not left:
                    raise
        return None


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    creation_class = DatabaseCreation

    def is_as_new(self) -> bool:
        """Whether the next test may go on in this session: nothing is set, locked, prepared or listened to any more.

        A new session reads again from the catalogue what it has to know of each table, which takes its server longer
        than most tests do. One in which something went wrong is not kept.
        """
        if self.connection is None or self.in_atomic_block or self.errors_occurred or not self.get_autocommit():
            return False
        self.run_on_commit.clear()
        try:
            with self.cursor() as cursor:
                cursor.execute("DISCARD ALL")
            self.ensure_timezone()
        except DatabaseError:
            return False
        return True
