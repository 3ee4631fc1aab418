"""This process's spool: where every act of a reader is put down first."""

import logging
from functools import cache
from typing import Any

from django.conf import settings

from tracking.models import EventKind
from tracking.public.spool import Spool

logger = logging.getLogger(__name__)


def record(kind: int, first: int, second: int = 0, *, note: str = "", ip: str = "", user_agent: str = "") -> None:
    """Never in a reader's way: with a full disk the event is lost and the reader still arrives."""
    try:
        _spool().append(kind, first, second, note, ip, user_agent)
    except OSError:
        logger.exception("An event could not be spooled.")


def record_complaint(sender: object, *, message_id: int, **_: Any) -> None:
    record(EventKind.COMPLAINT, message_id)


@cache
def _spool() -> Spool:
    return Spool(settings.SPOOL_DIR)
