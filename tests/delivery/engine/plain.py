"""Content for tests: a plain mail whose Message-ID says which message it is."""

from dataclasses import dataclass

from delivery import content, verp
from delivery.content import Parts, Recipient
from delivery.models import Batch

KIND = "plain"


@dataclass(frozen=True)
class Plain:
    padding: bytes = b""

    def envelope_from(self, recipient: Recipient) -> str:
        return verp.address(recipient.message_id, "bounces.nordlicht.example")

    def build(self, recipient: Recipient) -> bytes:
        head = (
            "From: News <news@nordlicht.example>\r\nTo: {to}\r\nSubject: Hello {name}\r\n"
            "Message-ID: <{id}@nordlicht.example>\r\nMIME-Version: 1.0\r\n\r\nHello {name}\r\n"
        ).format(to=recipient.email, name=recipient.merge.get("first_name", ""), id=recipient.message_id)
        return head.encode("ascii") + self.padding

    def parts(self, recipient: Recipient) -> Parts:
        raise NotImplementedError


def register() -> None:
    content.register(KIND, load)


def load(batch: Batch) -> Plain:
    """`content_id` is the size of the mail in kilobytes."""
    line = b"x" * 70 + b"\r\n"
    return Plain(line * (batch.content_id * 1024 // len(line)))
