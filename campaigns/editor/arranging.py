"""Blocks put in their place: pure changes to a document, by block id. Nothing here touches the database."""

import copy
import secrets
from dataclasses import dataclass
from typing import Any

from campaigns.content import blocks
from campaigns.content.blocks import Block, Document, Invalid


class NoSuchBlock(Invalid):
    """Somebody else has removed it meanwhile."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: `column` of the container `inside`, or the mail itself when `inside` is empty."""

    position: int
    inside: str = ""
    column: int = 0


def find(document: Document, block_id: str) -> Block:
    for block in blocks.walk(document):
        if block["id"] == block_id:
            return block
    raise NoSuchBlock("This block is no longer there.")


def place_of(document: Document, block_id: str) -> Place:
    for place, siblings in rows(document):
        for position, block in enumerate(siblings):
            if block["id"] == block_id:
                return Place(position, place.inside, place.column)
    raise NoSuchBlock("This block is no longer there.")


def insert(document: Document, block: Block, place: Place) -> Document:
    """With the block at that place; further down than the end means the end."""
    changed = copy.deepcopy(document)
    row_at(changed, place).insert(place.position, block)
    return blocks.validate(changed)


def update(document: Document, block_id: str, values: dict[str, Any]) -> Document:
    changed = copy.deepcopy(document)
    find(changed, block_id).update(values)
    return blocks.validate(changed)


def move(document: Document, block_id: str, steps: int) -> Document:
    """Up (negative) or down among its neighbours; at the end nothing changes."""
    changed = copy.deepcopy(document)
    place = place_of(changed, block_id)
    siblings = row_at(changed, place)
    block = siblings.pop(place.position)
    siblings.insert(max(place.position + steps, 0), block)
    return blocks.validate(changed)


def place(document: Document, block_id: str, place: Place, before: str = "") -> Document:
    """At another place: before the block of that id, or last in that row when it is empty, but above the footer."""
    changed = copy.deepcopy(document)
    old = place_of(changed, block_id)
    block = row_at(changed, old).pop(old.position)
    if before == block_id:
        return document
    row = row_at(changed, place)
    ids = [sibling["id"] for sibling in row]
    if before and before not in ids:
        raise NoSuchBlock("The place is no longer there.")
    row.insert(ids.index(before) if before else end_of(row), block)
    return blocks.validate(changed)


def place_after(document: Document, block_id: str, kind: str) -> Place:
    """Where a new block goes that follows another: below it, or above it when that is the mail's footer.

    What cannot stand in a column follows the columns.
    """
    found = place_of(document, block_id)
    if found.inside and kind not in blocks.COLUMN_KINDS:
        return place_after(document, found.inside, kind)
    is_footer = find(document, block_id)["kind"] == "footer"
    return Place(found.position + (not is_footer), found.inside, found.column)


def end_of(row: list[Block]) -> int:
    """Where a new block goes: last, but above the mail's footer."""
    return len(row) - bool(row and row[-1]["kind"] == "footer")


def remove(document: Document, block_id: str) -> Document:
    changed = copy.deepcopy(document)
    place = place_of(changed, block_id)
    row_at(changed, place).pop(place.position)
    return blocks.validate(changed)


def duplicate(document: Document, block_id: str) -> tuple[Document, str]:
    """With a copy below it, and the copy's id."""
    twin = fresh([find(document, block_id)])[0]
    place = place_of(document, block_id)
    return insert(document, twin, Place(place.position + 1, place.inside, place.column)), twin["id"]


def row_at(document: Document, place: Place) -> list[Block]:
    if not place.inside:
        row: list[Block] = document["blocks"]
        return row
    columns: list[list[Block]] = find(document, place.inside).get("columns", [])
    if not 0 <= place.column < len(columns):
        raise NoSuchBlock("This column is no longer there.")
    return columns[place.column]


def fresh(kept: list[Block]) -> list[Block]:
    """Copies with ids of their own."""
    made = copy.deepcopy(kept)
    for block in blocks.walk({"blocks": made}):
        block["id"] = secrets.token_hex(4)
    return made


def rows(document: Document) -> list[tuple[Place, list[Block]]]:
    """Every row of neighbours with the place of its first block."""
    found = [(Place(0), document["blocks"])]
    for block in document["blocks"]:
        found += [(Place(0, block["id"], index), column) for index, column in enumerate(block.get("columns", []))]
    return found
