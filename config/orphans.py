"""A process that ends with its parent (Linux; elsewhere it does not)."""

import ctypes
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


def end_with_parent(signal: int) -> None:
    """The kernel sends `signal` to this process when its parent dies. Not passed on to children."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal))
