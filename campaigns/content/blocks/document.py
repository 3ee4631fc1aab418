"""A document of blocks: made, walked through, and put right whatever comes in.

A document is `{"version": 1, "blocks": [block, ...], "style": {...}}`, a block `{"id", "kind", <field>: value, ...}`.
Columns hold `{"columns": [[block, ...], ...]}` besides their fields, one level deep.
"""

import re
import secrets
from collections.abc import Iterator
from typing import Any

from campaigns.content.blocks.ends import PREFERENCES, VIEW
from campaigns.content.blocks.fields import Field
from campaigns.content.blocks.kind import Block
from campaigns.content.blocks.layout import shares
from campaigns.content.blocks.registry import COLUMN_KINDS, KINDS, STYLE, WORDS
from campaigns.content.blocks.values import valid_value

Document = dict[str, Any]

VERSION = 1
_SAVED = re.compile(r"[0-9]{1,18}-[0-9a-f]{8}")
MAX_BLOCKS = 200
_MARKUP = re.compile(r"<[^>]*>")
# What documents from before brands said in one word.
_FONTS_BEFORE = {"sans": ("sans", "sans"), "serif": ("serif", "serif"), "mixed": ("serif", "sans")}


class Invalid(ValueError):
    """A document nobody could have made in the editor. Its text may be shown."""


def new(kind: str) -> Block:
    """A fresh block with its defaults and an id of its own."""
    block: Block = {"id": secrets.token_hex(4), "kind": kind}
    block.update({field.name: field.default for field in KINDS[kind].fields})
    if kind == "footer":  # not in drafts from before: nobody's mail changes by itself
        block["view"] = VIEW
        block["preferences"] = PREFERENCES
    if KINDS[kind].is_container:
        block["columns"] = [[], []]
    return block


def empty() -> Document:
    """A document that may be sent once somebody writes into it: logo, heading, text, footer."""
    return validate({"blocks": [new(kind) for kind in ("logo", "heading", "text", "footer")]})


def column_count(block: Block) -> int:
    return len(shares(block))


def walk(document: Document) -> Iterator[Block]:
    """All blocks from top to bottom, those inside columns after their container."""
    for block in document.get("blocks", []):
        yield block
        for column in block.get("columns", []):
            yield from column


def words(document: Document) -> Iterator[tuple[Block, Field]]:
    """Every text and address that somebody may have written: its block, and the field that holds it."""
    for block in walk(document):
        for field in KINDS[block["kind"]].fields:
            if field.takes_words:
                yield block, field


def says(block: Block) -> bool:
    """Whether somebody has written something into it, or it needs no words."""
    name = WORDS.get(block["kind"])
    return not name or bool(_MARKUP.sub("", str(block.get(name, ""))).replace("&nbsp;", " ").strip())


def validate(document: Any) -> Document:
    """The document in full: defaults filled in, unknown fields dropped, rich text cleaned. Raises Invalid."""
    if not isinstance(document, dict):
        raise Invalid("A mail is a list of blocks.")
    if document.get("version", VERSION) != VERSION:
        raise Invalid("This mail was made by a newer version.")
    seen: set[str] = set()
    blocks = [_block(block, tuple(KINDS), seen) for block in _list(document.get("blocks", []))]
    if len(seen) > MAX_BLOCKS:
        raise Invalid(f"A mail has room for {MAX_BLOCKS} blocks.")
    style = document.get("style") or {}
    if not isinstance(style, dict):
        raise Invalid("The style of a mail is a set of named values.")
    return {
        "version": VERSION,
        "blocks": blocks,
        "style": _style(style),
    }


def _style(style: dict[str, Any]) -> dict[str, Any]:
    """What is empty follows the brand."""
    if before := _FONTS_BEFORE.get(str(style.get("font", ""))):
        style = dict(zip(("heading_font", "body_font"), before, strict=True)) | style
    return {field.name: valid_value(field, style.get(field.name, field.default)) for field in STYLE}


def _block(block: Any, allowed: tuple[str, ...], seen: set[str]) -> Block:
    if not isinstance(block, dict) or block.get("kind") not in allowed:
        raise Invalid("There is no such block here.")
    kind = KINDS[block["kind"]]
    key = str(block.get("id") or secrets.token_hex(4))
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", key) or key in seen:
        key = secrets.token_hex(4)
    seen.add(key)
    valid: Block = {"id": key, "kind": kind.key}
    if _SAVED.fullmatch(str(block.get("saved", ""))):
        valid["saved"] = block["saved"]
    valid.update({field.name: valid_value(field, block.get(field.name, field.default)) for field in kind.fields})
    if kind.is_container:
        valid["columns"] = _columns(valid, _list(block.get("columns", [])), seen)
    return valid


def _columns(block: Block, columns: list[Any], seen: set[str]) -> list[list[Block]]:
    """As many columns as the layout has; what stood in a column that went away moves into the last one."""
    count = column_count(block)
    valid = [[_block(inner, COLUMN_KINDS, seen) for inner in _list(column)] for column in columns]
    valid += [[] for _ in range(count - len(valid))]
    for surplus in valid[count:]:
        valid[count - 1].extend(surplus)
    return valid[:count]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid("A mail is a list of blocks.")
    return value
