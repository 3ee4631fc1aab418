"""The mail as its editor shows it: the whole of it, or one block of a document that need not be stored."""

import copy
from collections.abc import Callable

from campaigns.content import blocks, html
from campaigns.content.blocks import Document
from campaigns.merge import language
from campaigns.message import preview
from campaigns.models import Campaign
from contacts.models import Contact


class Unshown(ValueError):
    """No mail can be made of what is written. Its text may be shown."""


def page(campaign: Campaign, contact: Contact | None) -> str:
    """As one contact gets it, each block marked as campaigns.message.preview.marked says. Raises Unshown."""
    return _shown(campaign, lambda: preview.marked(campaign, contact))


def block(campaign: Campaign, document: Document, block_id: str, contact: Contact | None) -> str:
    """What stands for the block there; "" when it shows nothing. Raises Unshown."""
    changed = copy.copy(campaign)
    changed.blocks = document
    return _shown(campaign, lambda: preview.fragment(changed, contact, block_id))


def _shown(campaign: Campaign, draw: Callable[[], str]) -> str:
    try:
        return draw()
    except (language.Broken, blocks.Invalid, html.Unusable, ValueError) as problem:
        raise Unshown(preview.why_not(campaign, problem)) from problem
