"""What a draft says and who says it, by field: what its versions keep, and what is approved."""

import json
from typing import Any

from accounts.models import BrandKit
from campaigns.content import blocks
from campaigns.content.blocks import Block
from campaigns.models import Campaign

Words = dict[str, Any]  # by field of a campaign; those kept long ago lack the later fields

SENDER = ("sender_name", "sender_email", "reply_to")
_FIELDS = (*Campaign.WORDS, *SENDER, "brand_id")


def words_of(campaign: Campaign) -> Words:
    """What it says now; no later change of the campaign reaches it."""
    fields = Campaign.WORDS if campaign.translation_of_id else _FIELDS
    found = {name: getattr(campaign, name) for name in fields}
    return found | {"blocks": json.loads(json.dumps(campaign.blocks))}


def blocks_of(campaign: Campaign) -> list[Block]:
    """Of the mail as it is made now, in its order; none where it is written as HTML."""
    if campaign.content_kind != Campaign.ContentKind.BLOCKS:
        return []
    return list(blocks.walk(blocks.validate(campaign.blocks or blocks.empty())))


def are_same(one: Words, other: Words) -> bool:
    """As far as both were kept."""
    return all(one[name] == other[name] for name in one.keys() & other.keys())


def put(campaign: Campaign, words: Words) -> None:
    """Have it say that, unsaved. A brand that is gone is none any more."""
    for name, value in words.items():
        is_gone = name == "brand_id" and value and not BrandKit.objects.filter(pk=value).exists()
        setattr(campaign, name, None if is_gone else value)
