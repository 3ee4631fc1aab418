"""Work of the start whose memory shall not stay for as long as Tallypost runs: a forked process does it, and ends."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from config.services import NotStarted


def aside(work: Callable[[], None]) -> None:
    """Run `work` to its end. Raises NotStarted with the words of the one it raised, or when it failed otherwise."""
    begin(work)()


def begin(work: Callable[[], None]) -> Callable[[], None]:
    """The same beside what goes on here; what is returned waits for the end of it."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work_and_end(work, writing)
    os.close(writing)

    def wait() -> None:
        with os.fdopen(reading) as pipe:
            words = pipe.read()
        _, status = os.waitpid(child, 0)
        if status:
            raise NotStarted(words or "A part of the start failed.")

    return wait


def _work_and_end(work: Callable[[], None], words: int) -> NoReturn:
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        work()
        code = 0
    except NotStarted as problem:
        os.write(words, str(problem).encode())
    except Exception as problem:
        traceback.print_exc()
        os.write(words, f"{type(problem).__name__}: {problem}".encode())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
