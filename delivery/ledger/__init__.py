"""The ledger: one row a recipient, from the launch to the last settled message."""

from delivery.ledger.auditing import audit
from delivery.ledger.lanes.pausing import pause_lane, resume_lane
from delivery.ledger.lanes.tallies import LaneTally, lane_tallies
from delivery.ledger.launching import launch, send_one
from delivery.ledger.listing import MessageRow, messages
from delivery.ledger.progress import Progress, progress
from delivery.ledger.states import NotPossible, cancel, limit_unapproved, pause, resume, undo
from delivery.ledger.tallying import Tally, tallies, tally
from delivery.ledger.uncertain import (
    Broken,
    broken,
    leave_uncertain,
    send_again,
    settle_uncertain,
    still_uncertain,
    undecided,
)
from delivery.ledger.versions import Part, is_quiet, parts, revise

__all__ = [
    "Broken",
    "LaneTally",
    "MessageRow",
    "NotPossible",
    "Part",
    "Progress",
    "Tally",
    "audit",
    "broken",
    "cancel",
    "is_quiet",
    "lane_tallies",
    "launch",
    "leave_uncertain",
    "limit_unapproved",
    "messages",
    "parts",
    "pause",
    "pause_lane",
    "progress",
    "resume",
    "resume_lane",
    "revise",
    "send_again",
    "send_one",
    "settle_uncertain",
    "still_uncertain",
    "tallies",
    "tally",
    "undecided",
    "undo",
]
