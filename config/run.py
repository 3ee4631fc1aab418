"""`make run`: all of Tallypost on this machine under one supervisor, until Ctrl-C.

Started twice at once, the second finds the lock taken and prints the address of the first. Services come up first,
migrations run, then the processes that need them; everything stops in the opposite order.
"""

import argparse
import contextlib
import errno
import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from config import builds, outside, services, supervisor
from config.aside import aside
from config.services import NotStarted

ROOT = Path(__file__).resolve().parent.parent
SMALLEST_DISK = 500 * 2**20  # bytes free
SLOWEST_START = 180  # seconds until a page answers, on a machine with other work


def main(fill: Callable[[], None] | None = None) -> int:
    """Exit code. `fill` runs once the database is migrated (the demo puts its data in)."""
    os.umask(0o077)  # of what every process writes under var/, nothing is for other accounts
    port = int(os.environ.get("PORT", "8000"))
    host = os.environ.get("HOST", "127.0.0.1")
    try:
        return _run(host, port, fill)
    except NotStarted as problem:
        print(f"Tallypost did not start. {problem}", file=sys.stderr)
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        print("Tallypost did not start. The disk is full: free some space and start again.", file=sys.stderr)
    return 1


def _run(host: str, port: int, fill: Callable[[], None] | None) -> int:
    var = _var()
    for folder in ("run", "log", "spool", "journal", "media"):
        (var / folder).mkdir(parents=True, exist_ok=True)
    address = os.environ.get("PUBLIC_URL") or f"http://localhost:{port}"
    with _lock(var) as is_first:
        if not is_first:
            print(f"Tallypost already runs: {_address_of_first(var)}", flush=True)
            return 0
        _check_machine(var, host, port)
        with _hold(port), builds.in_use(ROOT / "frontend" / "dist"):
            (var / "run" / "address").write_text(address)
            return _supervise(var, host, port, address, fill)


def _supervise(var: Path, host: str, port: int, address: str, fill: Callable[[], None] | None) -> int:
    embedded = services.embedded(var)
    if embedded:
        _say("Preparing " + " and ".join(service.name for service in embedded))
    for service in embedded:
        service.place.make()
        aside(service.prepare)
    services.socket_of(var, "supervisor").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for stale in (var / "run").glob("*.ready"):
        stale.unlink()
    cores = os.cpu_count() or 1
    children = supervisor.programs(host, port, cores, var)
    configuration = supervisor.configuration(var, embedded, children)
    daemon = subprocess.Popen(
        supervisor.bound_to_us([sys.executable, "-m", "supervisor.supervisord", "-n", "-s", "-c", str(configuration)]),
        start_new_session=True,
        cwd=ROOT,
        stdout=(var / "log" / "supervisor.out").open("wb"),
        stderr=subprocess.STDOUT,
    )
    stop = _Stop(daemon)
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)
    try:
        control = supervisor.connect(var, daemon)
        for service in embedded:
            control.startProcess(supervisor.process_name(service), False)
        aside(partial(outside.wait, _say))
        # It loads what all parts share while the services come up, and migrates before it forks the first part.
        control.startProcess(supervisor.PARTS, False)
        for service in embedded:
            aside(partial(_wait_for_service, service, var))
        _say("Loading Tallypost and bringing the database up to date")
        ended = partial(_ended_at_once, control, var)
        _wait_for_page(host, port, daemon, ended)
        _say("Waiting for the workers and the sandbox")
        _wait_for_parts(var, daemon, ended)
        if fill:
            aside(lambda: _fill(fill))
        if daemon.poll() is None:
            print(f"\n  Tallypost runs at {address}\n  Ctrl-C stops it; everything is kept.\n", flush=True)
        code = daemon.wait()
        return _ended(daemon) if stop.asked else code
    except (OSError, http.client.HTTPException, xmlrpc.client.Error) as problem:
        if not stop.asked:
            raise NotStarted(f"The supervisor ended: see {var / 'log'} ({problem}).") from problem
        return _ended(daemon)
    except NotStarted:
        if not stop.asked:
            raise
        return _ended(daemon)
    finally:
        if daemon.poll() is None:
            daemon.terminate()
            daemon.wait()
        (var / "run" / "address").unlink(missing_ok=True)


class _Stop:
    """Signal handler: ask the supervisor once to stop everything in order."""

    def __init__(self, daemon: subprocess.Popen[bytes]) -> None:
        self.daemon = daemon
        self.asked = False

    def __call__(self, signum: int, frame: object) -> None:
        if not self.asked:
            self.asked = True
            print("\nStopping …", flush=True)
        if self.daemon.poll() is None:
            self.daemon.terminate()


def _ended(daemon: subprocess.Popen[bytes]) -> int:
    daemon.wait()
    print("Stopped. Everything is kept.", flush=True)
    return 0


def _fill(fill: Callable[[], None]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    fill()


def _ended_at_once(control: Any, var: Path) -> str:
    """The last words of the parts' parent or of a part, if it ended instead of beginning to work; else nothing."""
    if words := supervisor.last_words(var, supervisor.PARTS, control.getProcessInfo(supervisor.PARTS)):
        return words
    for part in _parts(var):
        if words := supervisor.last_words(var, part["name"], part):
            return f"Its part “{part['name']}” ended at once: {words}"
    return ""


def _parts(var: Path) -> list[dict[str, Any]]:
    """What the parts' supervisor tells of each of them; nothing while it does not answer."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        found: list[dict[str, Any]] = supervisor.remote(var, f"supervisor-{supervisor.PARTS}").getAllProcessInfo()
        return found
    return []


def _wait_for_service(service: services.Postgres | services.Redis, var: Path) -> None:
    """Raises NotStarted with its last words as soon as it has ended."""
    name = supervisor.process_name(service)
    control = supervisor.remote(var)
    service.wait(ended=lambda: supervisor.last_words(var, name, control.getProcessInfo(name)))


def _wait_for_parts(var: Path, daemon: subprocess.Popen[bytes], ended: Callable[[], str]) -> None:
    """Until all run and have said that they are ready. Raises NotStarted with what `ended` tells, once it does."""
    deadline = time.monotonic() + SLOWEST_START
    while daemon.poll() is None:
        missing = [name for name in supervisor.SAY_READY if not (var / "run" / f"{name}.ready").exists()]
        parts = _parts(var)
        missing += [part["name"] for part in parts if part["statename"] != "RUNNING" and part["name"] not in missing]
        if parts and not missing:
            return
        if words := ended():
            raise NotStarted(words)
        if time.monotonic() > deadline:
            raise NotStarted(f"Its parts {', '.join(missing)} do not begin to work: see {var / 'log'}.")
        time.sleep(0.05)


def _say(words: str) -> None:
    """What takes a while, so that nobody looks at a silent terminal."""
    print(f"{words} …", flush=True)


def _wait_for_page(host: str, port: int, daemon: subprocess.Popen[bytes], ended: Callable[[], str]) -> None:
    """Until a staff page is answered, whatever it says. Raises NotStarted with what `ended` tells, once it does."""
    reach = "127.0.0.1" if host in ("0.0.0.0", "") else host  # noqa: S104  # compared, not bound
    deadline = time.monotonic() + SLOWEST_START
    while time.monotonic() < deadline and daemon.poll() is None:
        page = http.client.HTTPConnection(reach, port, timeout=30)
        with contextlib.closing(page), contextlib.suppress(OSError, http.client.HTTPException):
            page.request("GET", "/login/")
            if page.getresponse().status != http.HTTPStatus.SERVICE_UNAVAILABLE:  # staff's processes still begin
                return
        if words := ended():
            raise NotStarted(words)
        time.sleep(0.05)
    if daemon.poll() is not None:
        return
    raise NotStarted("The web server does not answer: see var/log/web.log.")


@contextlib.contextmanager
def _lock(var: Path) -> Iterator[bool]:
    with (var / "run" / "lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _address_of_first(var: Path) -> str:
    for _ in range(100):
        with contextlib.suppress(FileNotFoundError):
            return (var / "run" / "address").read_text()
        time.sleep(0.1)
    return "it is just stopping, try again in a moment"


def _check_machine(var: Path, host: str, port: int) -> None:
    free = shutil.disk_usage(var).free
    if free < SMALLEST_DISK:
        raise NotStarted(f"Only {free // 2**20} MB are free on the disk of {var}: free at least 500 MB.")
    if not _is_free(host, port):
        raise _taken(port)


@contextlib.contextmanager
def _hold(port: int) -> Iterator[None]:
    """Another installation that starts meanwhile finds the port taken, long before anything listens there. Web
    processes share a port that both found free (SO_REUSEPORT), and each would get some of the other's requests.

    The kernel lets go of the name when this process ends, however that happens.
    """
    with socket.socket(socket.AF_UNIX) as name:
        if sys.platform == "linux":  # elsewhere there are no names without a file
            try:
                name.bind(f"\0tallypost.port.{port}")
            except OSError:
                raise _taken(port) from None
        yield


def _taken(port: int) -> NotStarted:
    return NotStarted(f"Port {port} is taken by another program: choose another, as in `PORT={port + 1} make run`.")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _var() -> Path:
    return Path(os.environ.get("TALLYPOST_VAR", ROOT / "var")).absolute()


if __name__ == "__main__":
    # PORT, HOST, PUBLIC_URL and TALLYPOST_VAR of the environment say the rest.
    argparse.ArgumentParser("python -m config.run", description=__doc__).parse_args()
    sys.exit(main())
