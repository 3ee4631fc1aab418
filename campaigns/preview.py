"""What one contact receives, with tracking undone."""

from dataclasses import dataclass

from campaigns.models import Campaign
from contacts.models import Contact


@dataclass(frozen=True, slots=True)
class Preview:
    sender: str
    subject: str
    preheader: str
    html: str
    text: str
    html_bytes: int


def preview(campaign: Campaign, contact: Contact | None) -> Preview:
    """`contact` None: somebody of whom only the address is known."""
    raise NotImplementedError
