"""A test database is a copy of a migrated one, made by this run or by an earlier one with the same migrations."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db.backends.postgresql import creation

ROOT = Path(__file__).resolve().parent.parent.parent
_PREFIX = "tallypost_migrated_"
_LOCK = 7_420_911


class DatabaseCreation(creation.DatabaseCreation):
    def create_test_db(  # type: ignore[override]  # of its overloads we are asked for one
        self, verbosity: int = 1, autoclobber: bool = False, serialize: bool = True, keepdb: bool = False
    ) -> str:
        """What it is a copy of was migrated: neither migrations nor tables are looked for once more."""
        assert not serialize
        name = self._create_test_db(verbosity, autoclobber, keepdb)
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        return name

    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        with self._one_at_a_time() as cursor:
            self.connection.settings_dict["TEST"]["TEMPLATE"] = self._migrated(cursor)
            name: str = super()._create_test_db(verbosity, autoclobber, keepdb)  # type: ignore[misc]  # django-stubs leave it out
        return name

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        """Also where something that a test began is about to end its session."""
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # as above
            cursor.execute(f"DROP DATABASE {test_database_name} WITH (FORCE)")

    def migrate_ahead(self) -> None:
        with self._one_at_a_time() as cursor:
            self._migrated(cursor)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[Any]:
        """A process that comes meanwhile waits, and finds the migrated database there."""
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # as above
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            yield cursor

    def _migrated(self, cursor: Any) -> str:
        """Only a finished one bears the mark of a template."""
        name = migrated_name()
        query = "SELECT datname, datistemplate FROM pg_database WHERE starts_with(datname, %s)"
        cursor.execute(query, [_PREFIX])
        found = dict(cursor.fetchall())
        if found.get(name):
            return name
        for old in found:
            cursor.execute(f"ALTER DATABASE {old} IS_TEMPLATE false")
            cursor.execute(f"DROP DATABASE {old}")
        cursor.execute(f"CREATE DATABASE {name}")
        with self._led_to(name):
            call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
        cursor.execute(f"ALTER DATABASE {name} IS_TEMPLATE true")
        return name

    @contextmanager
    def made(self, name: str, template: str = "template1") -> Iterator[None]:
        """Queries go to a new database meanwhile, empty or a copy of a template, which is dropped afterwards."""
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # as above
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            with self._led_to(name):
                yield
        finally:
            with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]  # as above
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def _led_to(self, name: str) -> Iterator[None]:
        kept = self.connection.settings_dict["NAME"]
        self.connection.close()
        self.connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            self.connection.close()
            self.connection.settings_dict["NAME"] = kept


def migrated_name() -> str:
    return _PREFIX + _digest()


def _digest() -> str:
    """Of all that decides what tables look like: our migrations, and the packages that bring their own."""
    seen = hashlib.sha256()
    others = (ROOT / "config" / "schema.sql", ROOT / "delivery" / "apps.py", ROOT / "uv.lock")
    for file in (*sorted(ROOT.glob("*/migrations/*.py")), *others):
        seen.update(file.read_bytes())
    return seen.hexdigest()[:16]
