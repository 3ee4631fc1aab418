"""`python -m config.web front`: the public port. `python -m config.web staff`: staff pages, behind it on a Unix socket.

The front answers recipients itself, takes every body in before anybody works on it, and hands the rest on.
"""

import argparse
import os
import resource
import signal
import sys

from granian.cli import cli

from config.orphans import end_with_parent
from config.web.staff import socket_path
from config.web.waiting import HEAD_SECONDS, MOST_CONNECTIONS

_THREADS = 4  # of each staff process


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m config.web", description=__doc__)
    parser.add_argument("which", choices=("front", "staff"))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args(arguments)
    options = ["--workers", str(chosen.workers), "--http", "1", "--no-ws", "--log-level", "warning"]
    options += ["--respawn-failed-workers", "--workers-kill-timeout", "5", "--backpressure", str(MOST_CONNECTIONS)]
    if chosen.which == "front":
        _allow_open_files()
        place = ["--host", chosen.host, "--port", str(chosen.port)]
        place += ["--http1-header-read-timeout", str(HEAD_SECONDS * 1000)]
        options = ["config.web.front:application", "--interface", "rsgi", *place, *options]
    else:
        socket = socket_path()
        socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        socket.unlink(missing_ok=True)  # whoever was killed left it, and granian takes it for one in use
        # Without the nought it would be read as a decimal number: a mode that only root gets past.
        place = ["--uds", str(socket), "--uds-permissions", "0600", "--blocking-threads", str(_THREADS)]
        options = ["config.wsgi:staff", "--interface", "wsgi", *place, *options]
    # Else the workers of a killed parent would go on listening, beside those of the next one.
    os.register_at_fork(after_in_child=lambda: end_with_parent(signal.SIGKILL))
    cli(options, prog_name="granian", auto_envvar_prefix="GRANIAN")


def _allow_open_files() -> None:
    """Every waiting connection is one; many systems give 1,024 and allow far more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * MOST_CONNECTIONS
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


if __name__ == "__main__":
    main(sys.argv[1:])
