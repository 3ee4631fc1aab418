"""A warmed parent that forks a child under limits for each compilation, and says how the child ended.

`python -m campaigns.compiling.server campaigns.compiling.steps`; standard input is a socket through which the asking
process hands over one connection a job. It knows no settings and no secrets.
"""

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from campaigns.compiling import limits
from campaigns.compiling.steps import Step

END = b"END "  # and the child's wait status: the last bytes of every answer
OUT_OF_MEMORY, FAILED = 3, 4  # exit codes of a child
_IDLE_SECONDS = 180
_AT_ONCE = 2
_NICER = 5  # than the web server, which goes on answering


def main(steps_module: str) -> None:
    module = import_module(steps_module)
    module.warm()
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=0)
    os.nice(_NICER)
    wake_in, wake_out = os.pipe()
    os.set_blocking(wake_out, False)
    os.set_blocking(wake_in, False)
    signal.set_wakeup_fd(wake_out, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _serve(control, wake_in, module.STEPS)


def _serve(control: socket.socket, wake: int, steps: Mapping[str, Step]) -> None:
    """Until nobody has asked for a while, or who asks has gone."""
    children: dict[int, socket.socket] = {}
    while True:
        waiting_for: list[Any] = [wake, control] if len(children) < _AT_ONCE else [wake]
        ready, _, _ = select.select(waiting_for, [], [], _IDLE_SECONDS)
        if not ready and not children:
            return
        with contextlib.suppress(BlockingIOError):
            os.read(wake, 512)
        _reap(children)
        if control in ready:
            said, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            if not said:
                return
            job = socket.socket(fileno=descriptors[0])
            children[_begin(job, steps)] = job


def _begin(job: socket.socket, steps: Mapping[str, Step]) -> int:
    child = os.fork()
    if child:
        return child
    code = FAILED
    try:
        code = _work(job.fileno(), steps)
    except MemoryError:
        code = OUT_OF_MEMORY
    except Exception:  # noqa: S110 - the code says it; its words may hold those of the draft
        pass
    finally:
        os._exit(code)


def _work(job: int, steps: Mapping[str, Step]) -> int:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.closerange(3, job)
    os.closerange(job + 1, nothing + 1)
    limits.apply()
    connection = socket.socket(fileno=job)
    connection.setblocking(True)
    given = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    name, argument = json.loads(given)
    answer = json.dumps(steps[name](argument)).encode()
    if len(answer) > limits.OUTPUT_BYTES:
        return OUT_OF_MEMORY
    connection.sendall(answer)
    return 0


def _reap(children: dict[int, socket.socket]) -> None:
    while children:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        with children.pop(child) as job, contextlib.suppress(OSError):
            job.settimeout(1)
            job.sendall(END + status.to_bytes(4, "big"))


if __name__ == "__main__":
    main(sys.argv[1])
