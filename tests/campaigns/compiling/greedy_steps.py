"""Steps for tests of the workshop: harmless input that asks for too much on purpose."""

import os
import socket
import time
from pathlib import Path
from typing import Any

from campaigns.compiling import limits

limits.WALL_SECONDS = 600  # on a busy machine two seconds of computing take long
Answer = dict[str, Any]


def echo(job: Answer) -> Answer:
    return {"said": job["say"], "process": os.getpid(), "secrets": sorted(os.environ)}


def count(job: Answer) -> Answer:
    """Works until somebody stops it."""
    while True:
        pass


def doze(job: Answer) -> Answer:
    """Until somebody takes its bed away: a folder, which needs no file to be opened."""
    bed = Path(job["bed"])
    bed.mkdir()
    while bed.exists():
        time.sleep(0.02)
    return {"woken": True}


def hoard(job: Answer) -> Answer:
    return {"bytes": len(bytearray(job["bytes"]))}


def talk(job: Answer) -> Answer:
    return {"words": "x" * job["bytes"]}


def stumble(job: Answer) -> Answer:
    raise RecursionError("too deep")


def call_out(job: Answer) -> Answer:
    try:
        socket.create_connection(("127.0.0.1", job["port"]), timeout=1)
    except OSError as problem:
        return {"refused": problem.strerror or ""}
    return {"refused": ""}


STEPS = {step.__name__: step for step in (echo, count, doze, hoard, talk, stumble, call_out)}


def warm() -> None:
    pass
