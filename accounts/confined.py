"""Work on a stranger's file in a child process that knows no settings, no database and no secrets, and may use no more
than the kernel lets it.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def run(
    module: str, *arguments: str, given: bytes = b"", patience_seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """`python -m module`, which calls `limit` before it looks at anything. Raises subprocess.TimeoutExpired."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        input=given,
        capture_output=True,
        timeout=patience_seconds,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"},
        cwd=_ROOT,
        start_new_session=True,
        check=False,
    )


def limit(most: Mapping[int, int]) -> None:
    """For good and for this process. By the kinds of `resource`; never above what somebody has set for the machine."""
    for kind, wanted in most.items():
        highest = resource.getrlimit(kind)[1]
        allowed = wanted if highest == resource.RLIM_INFINITY else min(wanted, highest)
        resource.setrlimit(kind, (allowed, allowed))
