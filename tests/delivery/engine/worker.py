"""A sending process without Celery: takes turns until a batch has nothing left that is offered and free, or dies.

`python -m tests.delivery.engine.worker PROVIDER_ID BATCH_ID`; settings and faults come from the environment.
"""

import signal
import sys
import time

import django


def main(provider_id: int, batch_id: int) -> None:
    django.setup()

    from delivery.engine import process
    from tests.delivery.engine import plain

    plain.register()
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


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
