"""`python -m config.worker QUEUE PROCESSES`: a Celery worker of one queue; `python -m config.worker beat FILE`: beat.

What `celery -A config worker` and `celery -A config beat` begin, without the command's shell: its prompt and colours
are 170 modules, and reading its options touches 2 MB that each part of a machine would otherwise share.
"""

import logging
import sys

from celery.utils.nodenames import default_nodename, host_format

from config.celery import app


def main(which: str, given: str) -> int:
    if which == "beat":
        app.Beat(schedule=given, loglevel="WARNING", quiet=True).run()
        return 0
    worker = app.Worker(
        hostname=host_format(default_nodename(f"{which}@%h")),
        queues=[which],
        concurrency=int(given),
        loglevel=logging.WARNING,
        without_gossip=True,
        without_mingle=True,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
