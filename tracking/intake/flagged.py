"""What a mail provider takes for a program's opening or click, because it saw more of it than we did."""

from datetime import datetime

from django.db import connection, transaction

from tracking.intake import correcting, storing, sums
from tracking.models import EventKind
from tracking.scoring import verdicts

# The provider's clock and ours, and the way over its own counting address to ours.
_APART_SECONDS = 10
_KINDS = {"opened": EventKind.OPEN, "clicked": EventKind.CLICK}


def turn(message_id: int, kind: str, at: datetime) -> int:
    """Move what we counted of it at that moment over to the machines; how many acts. Safe to run twice."""
    with transaction.atomic(), connection.cursor() as cursor:
        mails = storing.mails_by_id(cursor, {message_id})
        spans = [(number, at.timestamp(), at.timestamp()) for number in mails]
        near = correcting.stored_near(cursor, mails, spans, storing.known_networks(), _APART_SECONDS)
        meant = [event for event in near if event.kind == _KINDS[kind] and event.verdict == verdicts.HUMAN]
        tally = sums.Sums()
        moved = correcting.turn_into_machine(cursor, [(event, verdicts.PROVIDER) for event in meant], tally)
        tally.write(cursor)
    return moved
