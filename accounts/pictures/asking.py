"""Having a picture drawn anew outside this process, and what became of it."""

import json
import logging
import subprocess
from dataclasses import asdict
from threading import BoundedSemaphore

from accounts import confined
from accounts.pictures.redrawing import Drawn, Recipe, Refused

logger = logging.getLogger(__name__)

_AT_ONCE = BoundedSemaphore(2)  # a process: memory for more is not every machine's
_WAIT_SECONDS = 30
_PATIENCE_SECONDS = 40


def redrawn(data: bytes, recipe: Recipe | None = None) -> Drawn:
    """Raises Refused, whose words may be shown."""
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise Refused("Many pictures are being worked on just now. Try this one again in a minute.")
    try:
        return _asked(data, recipe or Recipe())
    finally:
        _AT_ONCE.release()


def _asked(data: bytes, recipe: Recipe) -> Drawn:
    said = json.dumps(asdict(recipe)).encode() + b"\n" + data
    try:
        done = confined.run("accounts.pictures.child", given=said, patience_seconds=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        raise Refused("This picture takes too long to read. Export it anew, as PNG or JPEG.") from None
    line, _, body = done.stdout.partition(b"\n")
    if done.returncode or not line:
        logger.warning("a picture was not redrawn: the child ended with %s", done.returncode)
        raise Refused("This picture could not be read within what one picture may use. Export it smaller or anew.")
    head = json.loads(line)
    if "problem" in head:
        raise Refused(head["problem"])
    return Drawn(data=body, **head)
