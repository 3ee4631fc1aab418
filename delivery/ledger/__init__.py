"""The ledger: one row a recipient, from the launch to the last settled message."""

from delivery.ledger.auditing import audit
from delivery.ledger.launching import launch, send_one
from delivery.ledger.listing import MessageRow, messages
from delivery.ledger.progress import Progress, progress
from delivery.ledger.states import NotPossible, cancel, pause, resume, undo
from delivery.ledger.tallying import Tally, tallies, tally
from delivery.ledger.uncertain import Broken, broken, leave_uncertain, send_again, settle_uncertain, undecided

__all__ = [
    "Broken",
    "MessageRow",
    "NotPossible",
    "Progress",
    "Tally",
    "audit",
    "broken",
    "cancel",
    "launch",
    "leave_uncertain",
    "messages",
    "pause",
    "progress",
    "resume",
    "send_again",
    "send_one",
    "settle_uncertain",
    "tallies",
    "tally",
    "undecided",
    "undo",
]
