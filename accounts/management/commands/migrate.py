"""`manage.py migrate`: an empty database gets all its tables at once, so that a first start takes seconds less.

`config/schema.sql` is what the migrations that it names come to; `python -m tools.schema` writes it. Later ones run on
top of it, and a database that has tables already knows migrations alone. One that a newer Tallypost has changed is
refused: pages and workers would fail at columns that they do not fill.
"""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

SCHEMA = Path(__file__).resolve().parents[3] / "config" / "schema.sql"
_HAS_NOTHING = """
    SELECT current_schema() = 'public' AND NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> Any:
        is_whole = not (options["app_label"] or options["plan"] or options["check_unapplied"] or options["fake"])
        if is_whole and make_if_empty() and options["verbosity"]:
            self.stdout.write("The database was empty: it has the tables of config/schema.sql now.")
        if is_whole and (unknown := unknown_migrations()):
            raise CommandError(
                f"The database was last used by a newer Tallypost, whose changes this one lacks ({len(unknown)}, among "
                f"them {unknown[-1]}). Start the newer version again, or play back a backup from before it."
            )
        return super().handle(*args, **options)


def make_if_empty() -> bool:
    """Whether there was nothing in the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HAS_NOTHING)
        (has_nothing,) = cursor.fetchone()
        if has_nothing:
            cursor.execute(SCHEMA.read_text())
    return bool(has_nothing)


def unknown_migrations() -> list[str]:
    """Those of our own apps that the database has and this version has not, as `app.name`."""
    loader = MigrationLoader(connection)
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR}
    known = loader.disk_migrations or {}
    applied = loader.applied_migrations or {}
    return [f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in known]
