"""What a simple mail is made of: a document of blocks, the kinds of block, and the fields each shows in its form.

A kind is added in the module of its group: its `Kind` says what it is called, which fields it has and how it is drawn.
"""

from campaigns.content.blocks.document import (
    MAX_BLOCKS,
    VERSION,
    Document,
    Invalid,
    column_count,
    empty,
    new,
    says,
    validate,
    walk,
    words,
)
from campaigns.content.blocks.fields import Field
from campaigns.content.blocks.kind import GROUPS, Block, Kind
from campaigns.content.blocks.registry import COLUMN_KINDS, KINDS, STYLE, WORDS
from campaigns.content.blocks.values import COLOUR

__all__ = [
    "COLOUR",
    "COLUMN_KINDS",
    "GROUPS",
    "KINDS",
    "MAX_BLOCKS",
    "STYLE",
    "VERSION",
    "WORDS",
    "Block",
    "Document",
    "Field",
    "Invalid",
    "Kind",
    "column_count",
    "empty",
    "new",
    "says",
    "validate",
    "walk",
    "words",
]
