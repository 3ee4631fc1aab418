"""What a draft says, by field: what its versions keep, and what is approved."""

import json
from typing import Any

from campaigns.models import Campaign

Words = dict[str, Any]  # by field of a campaign


def words_of(campaign: Campaign) -> Words:
    """What it says now; no later change of the campaign reaches it."""
    found = {name: getattr(campaign, name) for name in Campaign.WORDS}
    return found | {"blocks": json.loads(json.dumps(campaign.blocks))}
