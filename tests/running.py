"""The whole product as processes, as `make run` starts it, for tests that need all of it."""

import atexit
import contextlib
import os
import queue
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection

from config import services, supervisor
from tests import forked

ROOT = Path(__file__).resolve().parent.parent
_PORTS = range(12_000, 32_768)


def free_port() -> int:
    """Below those that outgoing connections get: none of them takes it before the server that is started on it."""
    while True:
        port = secrets.choice(_PORTS)  # not random, which begins alike in all processes of the tests
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def until(condition: Callable[[], Any], seconds: float = 60, every: float = 0.1) -> Any:
    """What `condition` returns once it is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {condition}")
        time.sleep(every)
    return found


def database_url(host: str = "", port: str | int = "") -> str:
    """Address of the database this test uses, for processes that shall use it too; through another door if given."""
    kept = connection.settings_dict
    login = quote(kept["USER"], safe="") + (f":{quote(kept['PASSWORD'], safe='')}" if kept["PASSWORD"] else "")
    port = port or kept["PORT"]
    place = quote(host or kept["HOST"], safe="") + (f":{port}" if port else "")
    return f"postgres://{login}@{place}/{kept['NAME']}"


def part(name: str, port: int, var: Path, *, cores: int = 1, database: str = "") -> forked.Forked:
    """One part of the product as `make run` starts it, with this test's keys, and its database if none is named."""
    environment = {
        "DATABASE_URL": database or database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": settings.REDIS_URL,
        "SECRETS_KEY": ",".join(settings.SECRETS_KEYS),
        "SECRET_KEY": settings.SECRET_KEY,
        "TALLYPOST_VAR": str(var),
        "TOKEN_KEY": settings.TOKEN_KEY,
    }
    (program,) = (known for known in supervisor.programs("127.0.0.1", port, cores) if known.name == name)
    return forked.program(program.command, environment)


def script(code: str, *given: str) -> forked.Forked:
    """Python in a process of its own, with this test's database; what it prints is read by the test."""
    environment = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    return forked.code(code, given, environment)


def remove_at_exit(var: Path) -> None:
    """Root's data, which lie outside of what pytest removes, if nobody made them before."""
    home = services.Place(var).home
    if home != var and not home.exists():
        atexit.register(shutil.rmtree, home, ignore_errors=True)


@dataclass
class Product:
    """One `python -m config.run` in a var folder of its own, with its own database."""

    var: Path
    port: int = field(default_factory=free_port)
    return_port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    root: Path = ROOT
    python: str = sys.executable
    identity: dict[str, Any] = field(default_factory=dict)  # under whose account, as subprocess takes it

    def __post_init__(self) -> None:
        self.lines: queue.Queue[str] = queue.Queue()
        self.output = ""
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._asking = threading.Lock()
        remove_at_exit(self.var)
        outer = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
        self.process = subprocess.Popen(
            supervisor.bound_to_us([self.python, "-m", "config.run"]),
            cwd=self.root,
            **self.identity,
            env={
                **outer,
                "TALLYPOST_VAR": str(self.var),
                "PORT": str(self.port),
                "SANDBOX_PORT": str(free_port()),
                "RETURN_PORT": str(self.return_port),
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "ALLOW_ANY_SMTP_PORT": "1",
                **self.environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as stream:
            for line in stream:
                self.output += line
                self.lines.put(line)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def database_url(self) -> str:
        return services.database_url(self.var)

    def wait_for(self, words: str, seconds: float = 240) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.output:
            if not self.reader.is_alive():  # all that it said is read
                self.process.wait(60)
                assert words in self.output, self.output
                return
            assert time.monotonic() < deadline, f"{words!r} not in {self.output!r}"
            time.sleep(0.05)

    def sql(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """On a connection that stays: to log in costs more than a query. A question is asked again on a new one if the
        server was killed meanwhile.
        """
        with self._asking:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(self.database_url, autocommit=True)
            try:
                return _answer(self._connection, query, values)
            except psycopg.OperationalError:
                self._connection.close()
                if not query.lstrip().startswith("SELECT"):
                    raise
            self._connection = psycopg.connect(self.database_url, autocommit=True)
            return _answer(self._connection, query, values)

    def processes(self, name: str) -> list[int]:
        """Process ids of the supervised program `name` and its children, parent first."""
        import psutil

        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                line = " ".join(child.cmdline())
            except psutil.Error:
                continue
            if f"{name}@" in line or line.rstrip().endswith(f"manage.py {name}"):
                found.append(child.pid)
        return found

    def stop(self) -> int:
        """Ctrl-C, and the exit code once all has stopped."""
        if self._connection:
            self._connection.close()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(90)
        self.reader.join(60)
        return code


def _answer(
    connection: psycopg.Connection[tuple[Any, ...]], query: str, values: tuple[Any, ...]
) -> list[tuple[Any, ...]]:
    cursor = connection.execute(query, values or None)
    return cursor.fetchall() if cursor.description else []
