"""Many sending processes out of one that is set up: `python -m tests.delivery.engine.crowd PROVIDER_ID BATCH_ID`.

Every line it reads starts one more; it answers with the pid. At the end of its input it kills them all.
"""

import os
import signal
import sys
import time
from contextlib import suppress

import django


def main(provider_id: int, batch_id: int) -> None:
    django.setup()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    pids: list[int] = []
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _send(provider_id, batch_id)
            os._exit(0)
        pids.append(pid)
        print(pid, flush=True)  # noqa: T201
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _send(provider_id: int, batch_id: int) -> None:
    from delivery.engine import turn
    from delivery.models import Chunk
    from tests.delivery.engine import plain

    plain.register()
    while Chunk.objects.filter(batch_id=batch_id, is_done=False).exists():
        turn.run(provider_id, "marketing")
        time.sleep(0.1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
