"""A var folder in which the product was started before: tests that are about something else need no first start."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from config import services
from tests.database.creation import ROOT, migrated_name
from tests.running import remove_at_exit

_READY = "migrated"
_KEY = Path("keys") / "database_password"


def install(var: Path) -> None:
    """Put a migrated database into `var`, where PostgreSQL of the product will find it."""
    if "DATABASE_URL" in os.environ:  # somebody's own server, which may be of another version
        return
    source = _source()
    (var / "keys").mkdir(parents=True, exist_ok=True)
    shutil.copy2(source / _KEY, var / _KEY)
    remove_at_exit(var)
    place = services.Place(var)
    place.make()
    (place.home / "postgres").rmdir()
    subprocess.run(["cp", "-a", services.Place(source).home / "postgres", place.home], check=True)


def _source() -> Path:
    """Made by whoever needs it first, of the tests' own migrated database; kept as long as no migration comes."""
    var = Path(settings.VAR_DIR) / "installed"
    var.mkdir(exist_ok=True)
    with (var / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        migrated = migrated_name()
        if not (var / _READY).exists() or (var / _READY).read_text() != migrated:
            subprocess.run([sys.executable, "-m", "tests.database"], cwd=ROOT, check=True)
            _make(var, migrated)
            (var / _READY).write_text(migrated)
    return var


def _make(var: Path, migrated: str) -> None:
    (var / _READY).unlink(missing_ok=True)
    server = services.Postgres(var)
    shutil.rmtree(server.place.home / "postgres", ignore_errors=True)
    server.place.make()
    server.prepare()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(server.command, stdout=quiet, stderr=quiet, **server.place.identity)
    try:
        server.wait()
        given = services.database_url(Path(settings.VAR_DIR)).rpartition("/")[0]
        dump = [str(server.programs / "pg_dump"), f"{given}/{migrated}"]
        restore = [str(server.programs / "psql"), "-q", "-v", "ON_ERROR_STOP=1", services.database_url(var)]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumped:
            subprocess.run(restore, stdin=dumped.stdout, stdout=quiet, check=True)
        assert dumped.returncode == 0
    finally:
        process.send_signal(2)  # a fast shutdown
        process.wait(60)
