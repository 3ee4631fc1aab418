"""Write config/schema.sql anew: once in a while, when many migrations have come on top of it.

`python -m tools.schema` runs all migrations in an empty database and writes down what they come to. It is refused when
a second database, made by what was written, is not the same.
"""

import difflib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
# Rows that a new installation has. What tells it from others is drawn anew, and partitions of events begin today.
FIRST_ROWS = """
SELECT tracking_event_partition(current_date);
SELECT tracking_event_partition((current_date + interval '1 month')::date);
INSERT INTO contacts_erasuresalt (salt) VALUES (gen_random_uuid()::text || gen_random_uuid()::text);
INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted) VALUES (NULL, now(), 0, 0, 0);
INSERT INTO delivery_idblock (next_id) VALUES (1);
INSERT INTO delivery_incarnation DEFAULT VALUES;
INSERT INTO delivery_sandboxmailbox (id, name, keep_mails, keep_days, created_at)
VALUES (0, 'Rehearsals', 50000, 30, now());
"""
_OF_EVENTS = "tracking_event_2*"
# Of this session alone, or of the dump's version; and what differs from one installation to the next.
_ASIDE = re.compile(
    r"^(SET \w+ = .*;|SELECT pg_catalog\.set_config.*;|\\(un)?restrict .*|--|-- (Name|Data for|PostgreSQL|Dumped).*)\n",
    re.MULTILINE,
)
# PostgreSQL reads what it has written with other brackets and casts, and means the same.
_SPELLING = re.compile(r"::character varying|::text|\[\]|[()]")
_DRAWN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.management import call_command
    from django.core.management.commands import migrate

    from accounts.management.commands.migrate import SCHEMA

    with _database("tallypost_schema_steps"):
        call_command(migrate.Command(), verbosity=0, interactive=False)
        whole, text = dumped(), written()
    before = SCHEMA.read_text()
    SCHEMA.write_text(text)
    with _database("tallypost_schema_once"):
        call_command("migrate", verbosity=0, interactive=False)
        found = dumped()
    if different := differences(whole, found):
        SCHEMA.write_text(before)
        sys.exit(f"{SCHEMA} would make other tables than the migrations do:\n" + "\n".join(different))


def differences(one: str, other: str) -> list[str]:
    """Lines of two dumps that do not mean the same."""
    steps, once = (_DRAWN.sub("", _SPELLING.sub("", dump)).splitlines() for dump in (one, other))
    return list(difflib.unified_diff(steps, once, "one after the other", "at once", lineterm="", n=0))


def written() -> str:
    """SQL that makes the database which Django is connected to, but for rows that post_migrate adds."""
    from django.db.migrations.recorder import MigrationRecorder

    done = list(MigrationRecorder.Migration.objects.order_by("id").values_list("app", "name"))
    rows = ",\n".join(f"    ('{app}', '{name}', now())" for app, name in done)
    tables = dumped("--schema-only", f"--exclude-table={_OF_EVENTS}")
    parts = [
        "-- By tools/schema.py, of all migrations named at the end. Not to be changed by hand.",
        "SET LOCAL check_function_bodies = false;",
        re.sub(r"\n{2,}", "\n", tables).strip(),
        "SET LOCAL check_function_bodies = true;",
        FIRST_ROWS.strip(),
        f"INSERT INTO django_migrations (app, name, applied) VALUES\n{rows};",
    ]
    return "\n".join(parts) + "\n"


def dumped(*options: str) -> str:
    """By pg_dump, without what is of its version or its session."""
    from django.db import connection

    from config import services

    kept = connection.get_connection_params()
    place = {"PGHOST": kept.get("host"), "PGPORT": kept.get("port"), "PGUSER": kept.get("user")}
    place |= {"PGPASSWORD": kept.get("password"), "PGDATABASE": kept["dbname"]}
    given = {name: str(value) for name, value in place.items() if value}
    program = str(services.Postgres(Path(settings.VAR_DIR)).programs / "pg_dump")
    command = [program, "--no-owner", "--no-privileges", "--inserts", *options]
    done = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=True)
    return _ASIDE.sub("", done.stdout)


@contextmanager
def _database(name: str) -> Iterator[None]:
    from django.db import connection

    kept = connection.settings_dict["NAME"]
    _ask(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept
        _ask(f"DROP DATABASE {name}")


def _ask(*queries: str) -> None:
    from django.db import connection

    with connection._nodb_cursor() as cursor:
        for query in queries:
            cursor.execute(query)


if __name__ == "__main__":
    main()
