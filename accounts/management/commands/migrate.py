"""`manage.py migrate`: an empty database gets all its tables at once, so that a first start takes seconds less.

`config/schema.sql` is what the migrations that it names come to; `python -m tools.schema` writes it. Later ones run on
top of it, and a database that has tables already knows migrations alone.
"""

from pathlib import Path
from typing import Any

from django.core.management.commands import migrate
from django.db import connection, transaction

SCHEMA = Path(__file__).resolve().parents[3] / "config" / "schema.sql"
_HAS_NOTHING = """
    SELECT current_schema() = 'public' AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> Any:
        is_whole = not (options["app_label"] or options["plan"] or options["check_unapplied"] or options["fake"])
        if is_whole and make_if_empty() and options["verbosity"]:
            self.stdout.write("The database was empty: it has the tables of config/schema.sql now.")
        return super().handle(*args, **options)


def make_if_empty() -> bool:
    """Whether there was nothing in the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HAS_NOTHING)
        (has_nothing,) = cursor.fetchone()
        if has_nothing:
            cursor.execute(SCHEMA.read_text())
    return bool(has_nothing)
