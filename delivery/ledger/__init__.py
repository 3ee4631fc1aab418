"""The ledger: one row a recipient, from the launch to the last settled message."""

from delivery.ledger.auditing import audit
from delivery.ledger.launching import launch, send_one
from delivery.ledger.listing import MessageRow, messages
from delivery.ledger.progress import Progress, progress
from delivery.ledger.states import NotPossible, cancel, pause, resume, undo
from delivery.ledger.tallying import Tally, tallies, tally

__all__ = [
    "MessageRow",
    "NotPossible",
    "Progress",
    "Tally",
    "audit",
    "cancel",
    "launch",
    "messages",
    "pause",
    "progress",
    "resume",
    "send_one",
    "tallies",
    "tally",
    "undo",
]
