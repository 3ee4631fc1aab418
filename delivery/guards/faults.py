"""Points at which a test has this process kill itself, to prove that the ledger survives it.

`TALLYPOST_FAULT=after_dot:1200:/path/once` dies at the 1,200th dot, unless the file exists; it is made first, so that
the worker that takes its place lives.
"""

import os
import signal
from pathlib import Path


class Fault:
    def __init__(self, point: str, count: int, marker: Path | None) -> None:
        self.point = point
        self._left = count
        self._marker = marker

    def reached(self, point: str) -> bool:
        """Whether this is the moment to die."""
        if point != self.point or self._left <= 0:
            return False
        self._left -= 1
        return self._left == 0 and self._is_first()

    def hit(self, point: str) -> None:
        if self.reached(point):
            die()

    def _is_first(self) -> bool:
        if self._marker is None:
            return True
        try:
            self._marker.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def read(setting: str) -> Fault | None:
    if not setting:
        return None
    point, _, rest = setting.partition(":")
    count, _, marker = rest.partition(":")
    return Fault(point, int(count or "1"), Path(marker) if marker else None)


# None in real life: a test of a global is all that it costs.
FAULT = read(os.environ.get("TALLYPOST_FAULT", ""))
