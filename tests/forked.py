"""Processes that have Tallypost loaded when they begin: forked from one that has, as a machine's parts are.

Each has an environment, settings and connections of its own, and dies like any other. Their parent has nothing open;
there is one for each process that runs tests, and it ends with that.
"""

import io
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from types import TracebackType
from typing import IO, Any, Self

from config import forking
from config.orphans import end_with_parent

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.loaded"])


class Forked:
    """What tests use of `subprocess.Popen`. `work` is called with what is `given`."""

    def __init__(self, work: Callable[..., Any], *given: Any, environment: Mapping[str, str]) -> None:
        self._reading, writing = _context.Pipe(duplex=False)
        arguments = (work, given, {**os.environ, **environment}, writing)
        self._process = _context.Process(target=_begin, args=arguments, daemon=True)
        self._process.start()
        writing.close()

    @cached_property
    def stdout(self) -> IO[bytes]:
        """What it prints; whoever asks for it closes it."""
        return os.fdopen(os.dup(self._reading.fileno()), "rb")

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: object, trace: TracebackType | None) -> None:
        self.stdout.close()
        self.wait()


def program(command: list[str], environment: Mapping[str, str], *, is_read: bool = False) -> Forked:
    """A Python program by the command that would start it; what it says is thrown away unless the test reads it."""
    return Forked(_program, command, is_read, environment=environment)


def code(text: str, given: tuple[str, ...], environment: Mapping[str, str]) -> Forked:
    """What `python -c` would do."""
    return Forked(_code, text, given, environment=environment)


def _begin(work: Callable[..., Any], given: tuple[Any, ...], environment: dict[str, str], output: Connection) -> None:
    os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined]  # else it would wait for us
    end_with_parent(signal.SIGTERM)
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # it may have children
    multiprocessing.set_start_method(None, force=True)  # as it is in a program that nobody forked
    os.dup2(output.fileno(), 1)
    output.close()
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.reconfigure(line_buffering=True)
    os.environ.clear()
    os.environ.update(environment)
    _read_settings_again()
    work(*given)


def _read_settings_again() -> None:
    """As this process's environment says; and what was made of the parent's is made anew when it is first used."""
    from django.conf import settings
    from django.core.cache import caches
    from django.core.files.storage import storages
    from django.db import connections
    from django.utils.functional import empty

    for name in ("config.settings", "tests.settings"):
        sys.modules.pop(name, None)
    settings._wrapped = empty  # read when the first of them is asked for
    for handler, kept in ((connections, "settings"), (caches, "settings"), (storages, "backends")):
        handler.__init__()  # type: ignore[misc]
        handler.__dict__.pop(kept, None)


def _program(command: list[str], is_read: bool) -> None:
    said = 1 if is_read else os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(said, stream)
    forking._become(command, dict(os.environ))


def _code(text: str, given: tuple[str, ...]) -> None:
    sys.argv = ["-c", *given]
    exec(compile(text, "<script>", "exec"), {"__name__": "__main__"})  # noqa: S102  # a test's own
