from delivery.models.ledger import Attempt, Batch, Chunk, Message, MessageState, MinuteCount, Turn, Waiting
from delivery.models.providers import Provider
from delivery.models.sandbox import SandboxMail, SandboxRules

__all__ = [
    "Attempt",
    "Batch",
    "Chunk",
    "Message",
    "MessageState",
    "MinuteCount",
    "Provider",
    "SandboxMail",
    "SandboxRules",
    "Turn",
    "Waiting",
]
