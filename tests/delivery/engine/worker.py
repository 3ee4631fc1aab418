"""Sending processes without Celery: one takes turns until a batch has nothing left that is offered and free, or dies.

`python -m tests.delivery.engine.worker PROVIDER_ID BATCH_ID`, or forked. Settings come from the environment.
"""

import signal
import sys
import time

import django


def main(provider_id: int, batch_id: int, fault: str = "") -> None:
    """`fault`: see `delivery.guards.faults`."""
    django.setup()

    from delivery.engine import process
    from delivery.guards import faults
    from tests.delivery.engine import plain

    plain.register()
    faults.FAULT = faults.read(fault)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as Celery's pool does
    try:
        _send(provider_id, batch_id)
    finally:
        process.close()


def _send(provider_id: int, batch_id: int) -> None:
    from django.db.models.functions import Now

    from delivery.engine import turn
    from delivery.models import Chunk

    # What a turn or a recovery gave back is free, but only the test offers it again: no dispatcher runs here.
    free = Chunk.objects.filter(batch_id=batch_id, is_done=False, owner=None, quarantined=False)
    while free.filter(offered_until__gt=Now()).exists():
        turn.run(provider_id, "marketing")
        time.sleep(0.01)


def wait_and_send(provider_id: int, batch_id: int) -> None:
    """One of many, which waits for what others give back until all of the batch is done."""
    from delivery.engine import turn
    from delivery.models import Chunk
    from tests.delivery.engine import plain

    plain.register()
    while Chunk.objects.filter(batch_id=batch_id, is_done=False).exists():
        turn.run(provider_id, "marketing")
        time.sleep(0.1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
