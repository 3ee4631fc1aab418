"""A database, a Redis and a var folder for one measurement, and nothing left of them afterwards.

With DATABASE_URL and REDIS_URL in the environment a database of its own is made on that server; else the embedded
services run from a temporary folder.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def stage(name: str) -> Iterator[dict[str, str]]:
    """The environment for every process of the measurement, also set here, with Django ready and tables migrated."""
    var = Path(tempfile.mkdtemp(prefix=f"tallypost-bench-{name}-"))
    var.chmod(0o755)
    running: list[subprocess.Popen[bytes]] = []
    database = ""
    try:
        os.environ["TALLYPOST_VAR"] = str(var)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        given = os.environ.get("DATABASE_URL", "")
        if given:
            database = f"bench_{name}_{uuid.uuid4().hex[:8]}"
            _on_server(given, f"CREATE DATABASE {database}")
            os.environ["DATABASE_URL"] = f"{given.rpartition('/')[0]}/{database}"
        _start_services(var, running)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, check=True)
        import django

        django.setup()
        yield dict(os.environ)
    finally:
        if database:
            _on_server(given, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        for process in reversed(running):
            process.send_signal(2)
            process.wait(30)
        shutil.rmtree(var, ignore_errors=True)


def _start_services(var: Path, running: list[subprocess.Popen[bytes]]) -> None:
    from config import services

    for service in services.embedded(var):
        service.place.make()
        service.prepare()
        with (var / f"{service.name}.log").open("ab") as log:
            running.append(subprocess.Popen(service.command, stdout=log, stderr=log, **service.place.identity))
        service.wait()


def _on_server(url: str, statement: str) -> None:
    with psycopg.connect(f"{url.rpartition('/')[0]}/postgres", autocommit=True) as connection:
        connection.execute(statement.encode())
