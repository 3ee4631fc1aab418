"""Where a field of contacts is named by mails, so that nobody takes it away unseen."""

from typing import Any

import pytest

from accounts.models import Organisation
from campaigns.content import blocks
from campaigns.models import Campaign, SavedBlock, Template
from campaigns.uses import fields
from contacts.models import Field

TAG = {"kind": "text", "html": "<p>Your {{ boat }}</p>"}
WHEN = {"kind": "text", "html": "<p>Hi</p>", "if_field": "boat", "if_is": "filled"}
INSIDE = {"kind": "columns", "layout": "1", "columns": [[WHEN]]}


@pytest.mark.parametrize("block", [TAG, WHEN, INSIDE])
def test_a_tag_and_a_condition_of_a_block_are_uses_of_the_field(
    organisation: Organisation, block: dict[str, Any]
) -> None:
    field = Field.objects.create(key="boat", label="Boat")
    document = blocks.validate({"blocks": [block]})
    draft = Campaign.objects.create(name="Spring", blocks=document)
    kept = Campaign.objects.create(name="Letter", blocks=document)
    Template.objects.create(campaign=kept)
    saved = SavedBlock.objects.create(name="Hours", blocks=document["blocks"])
    Campaign.objects.create(name="Without", blocks=blocks.empty())
    assert sorted((use.kind, use.name, use.url) for use in fields.find(field)) == [
        ("draft", "Spring", f"/campaigns/{draft.pk}/"),
        ("saved block", "Hours", f"/saved-blocks/{saved.pk}/"),
        ("template", "Letter", f"/templates/{kept.pk}/"),
    ]
