from delivery.models.ledger import (
    Attempt,
    Batch,
    Chunk,
    Complaint,
    Failure,
    Message,
    MessageState,
    MinuteCount,
    Proof,
    Turn,
    Version,
    Waiting,
)
from delivery.models.pacing import LanePace, MailDomain, RetryMinute
from delivery.models.providers import Breaker, Provider
from delivery.models.routes import Route
from delivery.models.sandbox import SandboxMail, SandboxRules
from delivery.models.warmup import WarmupDay, WarmupPlan

__all__ = [
    "Attempt",
    "Batch",
    "Breaker",
    "Chunk",
    "Complaint",
    "Failure",
    "LanePace",
    "MailDomain",
    "Message",
    "MessageState",
    "MinuteCount",
    "Proof",
    "Provider",
    "RetryMinute",
    "Route",
    "SandboxMail",
    "SandboxRules",
    "Turn",
    "Version",
    "Waiting",
    "WarmupDay",
    "WarmupPlan",
]
