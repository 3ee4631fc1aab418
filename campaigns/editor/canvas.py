"""The mail as its editor shows it: blocks can be found in it, and one section can be drawn without the others."""

import copy

from campaigns.content import blocks, html
from campaigns.content.blocks import Block, Document
from campaigns.editor.arranging import NoSuchBlock
from campaigns.merge import language
from campaigns.message import editions, preview
from campaigns.models import Campaign
from contacts.models import Contact


class Unshown(ValueError):
    """No mail can be made of what is written. Its text may be shown."""


def page(campaign: Campaign, contact: Contact | None) -> str:
    """The mail as one contact gets it, marked as campaigns.content.mjml.draw says. Raises Unshown."""
    try:
        edition = editions.freeze(campaign, with_examples=True, marked=True)
        return preview.show(edition, preview.recipient_of(contact)).html
    except (language.Broken, blocks.Invalid, html.Unusable, ValueError) as problem:
        raise Unshown(preview.why_not(campaign, problem)) from problem


def section(campaign: Campaign, document: Document, block_id: str, contact: Contact | None) -> str:
    """A mail of that block, or of the columns it stands in, alone; the document need not be stored.

    Raises Unshown, NoSuchBlock.
    """
    alone = copy.copy(campaign)
    alone.blocks = document | {"blocks": [_outermost(document, block_id)]}
    alone.preheader = ""
    return page(alone, contact)


def _outermost(document: Document, block_id: str) -> Block:
    for block in document["blocks"]:
        inner = (child["id"] for column in block.get("columns", ()) for child in column)
        if block_id == block["id"] or block_id in inner:
            found: Block = block
            return found
    raise NoSuchBlock("This block is no longer there.")
