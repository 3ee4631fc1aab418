"""Where Django looks for the database that settings name.

After a test that committed, Django truncates every table: with a hundred of them, their partitions and indexes, that
makes some four hundred new files for a handful of rows. Here the rows are deleted, of those tables that have any.
"""

from collections.abc import Sequence
from typing import Any

from django.core.management.color import Style
from django.db.backends.postgresql import base, operations

from tests.database.creation import DatabaseCreation

# What migrations say once for all and tests only read.
_KEPT = {"django_content_type", "auth_permission"}


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style: Style, tables: Sequence[str], **options: Any) -> list[str]:
        """As with a truncation no trigger runs: none counts the rows away, none refuses, no reference is looked up."""
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


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    creation_class = DatabaseCreation
