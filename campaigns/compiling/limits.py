"""What one compilation may use. The kernel keeps the limits, so that no library has to be trusted with them."""

import resource
import signal
import sys

CPU_SECONDS = 2
WALL_SECONDS = 20  # on a machine that is busy with other things
MEMORY_BYTES = 300_000_000  # above what the process begins with
OUTPUT_BYTES = 4_000_000


def apply() -> None:
    """For good and for this process: no further file, socket or process is opened by it."""
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(WALL_SECONDS)
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + 1)
    _set(resource.RLIMIT_FSIZE, 0)
    _set(resource.RLIMIT_AS, _address_space() + MEMORY_BYTES)
    _set(resource.RLIMIT_NPROC, 0)
    # What is open stays usable; a socket could only come after it.
    _set(resource.RLIMIT_NOFILE, 0)


def _set(kind: int, soft: int, hard: int | None = None) -> None:
    """Never above what somebody has set for the whole machine."""
    _, highest = resource.getrlimit(kind)
    limit = soft if hard is None else hard
    hard = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
    resource.setrlimit(kind, (min(soft, hard), hard))


def _address_space() -> int:
    if sys.platform != "linux":
        return 4_000_000_000
    with open("/proc/self/statm", "rb") as pages:
        return int(pages.read().split()[0]) * resource.getpagesize()
