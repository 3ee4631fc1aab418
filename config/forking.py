"""How supervisor begins a Python program in a fork of itself: no `exec`, so what is loaded already is shared."""

import atexit
import contextlib
import gc
import os
import runpy
import signal
import sys
import threading
import traceback
from typing import Any, NoReturn

import setproctitle
from supervisor.options import ServerOptions

from config.orphans import end_with_parent


class ForkingOptions(ServerOptions):  # type: ignore[misc]
    """supervisor's face to the operating system, in which a program of this Python is run and not executed."""

    def execve(self, filename: str, argv: list[str], env: dict[str, str]) -> None:
        if filename == sys.executable:
            _become(argv, env)
        super().execve(filename, argv, env)


def _become(argv: list[str], env: dict[str, str]) -> NoReturn:
    """Go on as `python -m module …` or `python file …` would have begun."""
    code = 1
    try:
        gc.freeze()  # this process's collector has no business in pages that it shares
        end_with_parent(signal.SIGTERM)
        _as_python_begins()
        setproctitle.setproctitle(" ".join(argv))  # before the environment: it lies beside the title
        os.environ.clear()
        os.environ.update(env)
        code = _run(argv[1:])
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _as_python_begins() -> None:
    """Signal handlers are supervisor's own until here."""
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP, signal.SIGCHLD, signal.SIGUSR2):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _run(argv: list[str]) -> int:
    try:
        if argv[0] == "-m":
            sys.argv = argv[1:]
            runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = argv
            runpy.run_path(argv[0], run_name="__main__")
        code = 0
    except SystemExit as ending:
        code = _exit_code(ending.code)
    except BaseException:
        traceback.print_exc()
        code = 1
    _finish()
    return code


def _exit_code(given: Any) -> int:
    if given is None or isinstance(given, int):
        return given or 0
    print(given, file=sys.stderr)
    return 1


def _finish() -> None:
    """As the interpreter does at its end: threads that are no daemons first, then what asked to be called."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
