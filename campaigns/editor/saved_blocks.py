"""Blocks kept under a name: put into other mails as a copy, or linked, so that a change reaches all of them.

A linked block says in `saved` which one it is and which of its insertions: blocks of one insertion stand together.
Every draft holds the words itself, so nothing that was launched ever changes.
"""

import copy
import secrets
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import User
from campaigns.content import blocks, bounds
from campaigns.content.blocks import Block, Document
from campaigns.drafts import saving
from campaigns.editor import arranging, history
from campaigns.editor.arranging import NoSuchBlock, Place
from campaigns.models import Campaign, SavedBlock


def keep(campaign: Campaign, first: str, last: str, name: str, *, by: User) -> SavedBlock:
    """The blocks from one to another of the same row, without links of their own. Raises blocks.Invalid."""
    row, start, end = _between(blocks.validate(campaign.blocks), first, last)
    kept = SavedBlock.objects.create(name=name, blocks=_fresh(row[start : end + 1], ""), created_by=by)
    audit.record(by, "saved_block.created", name, saved_block=kept.pk)
    return kept


def inserted(document: Document, saved: SavedBlock, place: Place, *, linked: bool) -> tuple[Document, str]:
    """With its blocks at that place, and the id of the first. Raises blocks.Invalid."""
    tag = f"{saved.pk}-{secrets.token_hex(4)}" if linked else ""
    fresh = _fresh(saved.blocks, tag)
    for number, block in enumerate(fresh):
        document = arranging.insert(document, block, Place(place.position + number, place.inside, place.column))
    return document, fresh[0]["id"] if fresh else ""


def linked(document: Document, first: str, last: str, saved: SavedBlock) -> Document:
    """With these blocks as an insertion of it."""
    changed = copy.deepcopy(document)
    row, start, end = _between(changed, first, last)
    tag = f"{saved.pk}-{secrets.token_hex(4)}"
    for block in row[start : end + 1]:
        block["saved"] = tag
    return blocks.validate(changed)


def unlinked(document: Document, block_id: str) -> Document:
    """The whole insertion is words of this mail alone from now on."""
    changed = copy.deepcopy(document)
    tag = arranging.find(changed, block_id).get("saved", "")
    for block in blocks.walk(changed):
        if tag and block.get("saved") == tag:
            del block["saved"]
    return blocks.validate(changed)


def as_saved(document: Document, saved: SavedBlock, *, tag: str = "") -> Document:
    """Every insertion of it (or the one of that tag) as it is kept, together again if parts of it were moved away."""
    changed, done = copy.deepcopy(document), set[str]()
    for _, row in arranging.rows(changed):
        new: list[Block] = []
        for found, group in groupby(row, lambda block: block.get("saved", "")):
            is_meant = found == tag if tag else found.startswith(f"{saved.pk}-")
            if not is_meant:
                new += group
            elif found not in done:
                new += _fresh(saved.blocks, found)
                done.add(found)
        row[:] = new
    return blocks.validate(changed)


def is_changed(document: Document, block: Block, saved: SavedBlock) -> bool:
    """Whether the insertion that the block is part of says something else here than where it is kept."""
    here = [found for found in blocks.walk(document) if found.get("saved") == block.get("saved")]
    kept = blocks.validate({"blocks": saved.blocks})["blocks"]  # perhaps from before a setting that blocks have now
    return [_bare(found) for found in here] != [_bare(found) for found in kept]


def drafts_with(saved: SavedBlock) -> QuerySet[Campaign]:
    """Drafts and templates it is linked in; what was launched is not among them."""
    return Campaign.objects.still_written().filter(blocks__icontains=f'"saved": "{saved.pk}-').order_by("-pk")


@transaction.atomic
def change_everywhere(saved: SavedBlock, campaign: Campaign, block_id: str, *, by: User) -> int:
    """Keep it as it stands in this draft, in all drafts it is linked in; how many those are. Undo works in each."""
    locked = SavedBlock.objects.select_for_update().get(pk=saved.pk)
    document = blocks.validate(campaign.blocks)
    tag = arranging.find(document, block_id).get("saved", "")
    if not tag.startswith(f"{saved.pk}-"):
        raise NoSuchBlock("This block is no longer linked.")
    locked.blocks = _fresh([block for block in blocks.walk(document) if block.get("saved") == tag], "")
    locked.save()
    count = 0
    for draft in drafts_with(locked).order_by("pk"):
        saving.save(draft.pk, lambda found: _write(found, locked, by), by=by, version=None)
        count += 1
    audit.record(by, "saved_block.changed", locked.name, saved_block=locked.pk, drafts=count)
    return count


@transaction.atomic
def remove(saved: SavedBlock, *, by: User) -> None:
    """Its words stay in the drafts, where they are linked to nothing any more."""
    for draft in drafts_with(saved).order_by("pk"):
        saving.save(draft.pk, lambda found: _unlink(found, saved), by=by, version=None)
    audit.record(by, "saved_block.deleted", saved.name, saved_block=saved.pk)
    saved.delete()


def _write(draft: Campaign, saved: SavedBlock, by: User) -> None:
    history.change(draft, bounds.checked(as_saved(blocks.validate(draft.blocks), saved)), by=by)


def _unlink(draft: Campaign, saved: SavedBlock) -> None:
    document = blocks.validate(draft.blocks)
    for block in blocks.walk(document):
        if block.get("saved", "").startswith(f"{saved.pk}-"):
            del block["saved"]
    draft.blocks = document


def _between(document: Document, first: str, last: str) -> tuple[list[Block], int, int]:
    """The row both stand in, and their positions in it."""
    for _, row in arranging.rows(document):
        ids = [block["id"] for block in row]
        if first in ids:
            start = ids.index(first)
            return row, start, max(start, ids.index(last)) if last in ids else start
    raise NoSuchBlock("This block is no longer there.")


def row_of(document: Document, block_id: str) -> list[Block]:
    """The block and its neighbours. Raises NoSuchBlock."""
    return _between(document, block_id, block_id)[0]


def _fresh(kept: list[Block], tag: str) -> list[Block]:
    """Copies with ids of their own, linked by the tag or not at all."""
    made = arranging.fresh(kept)
    for block in blocks.walk({"blocks": made}):
        block.pop("saved", None)
    for block in made:
        if tag:
            block["saved"] = tag
    return made


def _bare(block: Block) -> Block:
    """What it says, whichever copy it is."""
    said = {name: value for name, value in block.items() if name not in {"id", "saved", "columns"}}
    return said | {"columns": [[_bare(inner) for inner in column] for column in block.get("columns", [])]}
