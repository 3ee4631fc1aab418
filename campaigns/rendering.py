"""From a campaign to the bytes of one message: composed once, compiled once, built for each recipient."""

from dataclasses import dataclass

from campaigns.models import Campaign, Edition
from delivery.models import Batch
from tracking.models import Link


@dataclass(frozen=True, slots=True)
class Composed:
    """What a campaign says, merge tags still in it; the preheader is in the HTML too."""

    subject: str
    preheader: str
    html: str
    text: str


def compose(campaign: Campaign) -> Composed:
    raise NotImplementedError


def freeze(campaign: Campaign) -> Edition:
    """An unsaved edition of the campaign as it stands; the caller sets is_test, contact_id, created_by and saves."""
    raise NotImplementedError


def freeze_links(edition: Edition, batch: Batch) -> list[Link]:
    """Idempotent. To be called once the edition has its batch, before anything is built."""
    raise NotImplementedError


def load_edition(batch: Batch) -> object:
    raise NotImplementedError
