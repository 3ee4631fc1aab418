"""A document as its editor shows it: each block with its form, as campaigns.content.blocks defines it."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.html import strip_tags
from django.utils.text import Truncator

from accounts.pictures import files
from campaigns.content import blocks
from campaigns.content.blocks import Block, Document, Field
from campaigns.content.mjml import Brand
from campaigns.templatetags.campaign_words import plainly

_EXCERPT_CHARS = 48
_WHOLE = re.compile(r"[a-z][a-z0-9+-]*:(?!\d)|#|\{[{%]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Input:
    field: Field
    value: Any
    id: str

    @property
    def thumbnail(self) -> str:
        """The picture from this server, whatever public address the mail names."""
        _, mark, name = str(self.value).rpartition("/i/")
        name = name if mark else files.name_in(str(self.value))
        return f"/i/{name}" if name else ""

    @property
    def takes_merge_tags(self) -> bool:
        return self.field.takes_words


@dataclass(frozen=True, slots=True)
class Shown:
    """One block in the list: what it is, what it says, and its form."""

    block: Block
    label: str
    excerpt: str
    inputs: list[Input]
    columns: list["Row"]
    is_first: bool
    is_last: bool
    is_open: bool

    @property
    def id(self) -> str:
        return str(self.block["id"])

    @property
    def is_for_some(self) -> bool:
        """Whether only some people or some screens are to show it."""
        return bool(self.block["if_field"]) or self.block["devices"] != "all"


@dataclass(frozen=True, slots=True)
class Row:
    """Neighbours: the blocks of the mail or of one column, and which kinds may join them."""

    shown: list[Shown]
    inside: str
    column: int
    kinds: list[blocks.Kind]

    @property
    def end(self) -> int:
        """Where a new block goes: last, but above the mail's footer."""
        last = self.shown[-1].block["kind"] if self.shown else ""
        return len(self.shown) - (last == "footer")


def show(document: Document, open_id: str = "") -> Row:
    """`open_id`: the block whose form is open, and so is the container it stands in."""
    return _row(document["blocks"], Row([], "", 0, list(blocks.KINDS.values())), open_id)


def style_inputs(document: Document, brand: Brand) -> list[Input]:
    """The style's form; a colour left to the brand shows the brand's."""
    style, of_brand = document["style"], brand_colours(brand)
    return [
        Input(field, style[field.name] or of_brand.get(field.name, ""), f"style-{field.name}") for field in blocks.STYLE
    ]


def brand_colours(brand: Brand) -> dict[str, str]:
    """By the name of the style's field."""
    return {
        "colour": brand.colour,
        "accent": brand.accent,
        "background": brand.background,
        "ink": brand.ink,
    }


def style_values(posted: QueryDict, brand: Brand) -> dict[str, Any]:
    """What the style's form holds, without the colours that are the brand's anyway: they go with the brand."""
    of_brand = brand_colours(brand)
    found = values(blocks.STYLE, posted)
    return {name: "" if str(value).lower() == of_brand.get(name) else value for name, value in found.items()}


def values(fields: tuple[Field, ...], posted: QueryDict) -> dict[str, Any]:
    """What the form holds; what it does not mention stays as it is."""
    return {field.name: posted[field.name] for field in fields if field.name in posted}


def links_as_kept(block: Block, posted: QueryDict) -> dict[str, dict[str, str]]:
    """What became of the links in the form: those completed, and a question about those that lead nowhere."""
    typed = {
        field.name: str(posted[field.name]).strip()
        for field in blocks.KINDS[block["kind"]].fields
        if field.widget == "url" and field.name in posted
    }
    kept = {name: str(block[name]) for name in typed}
    return {
        "completed": {name: kept[name] for name, words in typed.items() if words != kept[name]},
        "asks": {
            name: f"“{words[:60]}” is not a whole address. Write it as https://example.org/page."
            for name, words in kept.items()
            if words and not _WHOLE.match(words)
        },
    }


def _row(siblings: list[Block], empty: Row, open_id: str) -> Row:
    last = len(siblings) - 1
    shown = [_shown(block, index == 0, index == last, open_id) for index, block in enumerate(siblings)]
    return replace(empty, shown=shown)


def _shown(block: Block, is_first: bool, is_last: bool, open_id: str) -> Shown:
    kind = blocks.KINDS[block["kind"]]
    inputs = [Input(field, block[field.name], f"field-{block['id']}-{field.name}") for field in kind.fields]
    inner = [blocks.KINDS[key] for key in blocks.COLUMN_KINDS]
    columns = [
        _row(column, Row([], block["id"], index, inner), open_id)
        for index, column in enumerate(block.get("columns", []))
    ]
    is_open = block["id"] == open_id or any(found.is_open for row in columns for found in row.shown)
    return Shown(block, kind.label, excerpt(block), inputs, columns, is_first, is_last, is_open)


def excerpt(block: Block) -> str:
    """The block's words in short, to know it again in the list."""
    if "columns" in block:
        inside = [excerpt(child) for column in block["columns"] for child in column]
        return Truncator(" · ".join(filter(None, inside)) or "Empty").chars(_EXCERPT_CHARS)
    words = block.get("text") or block.get("label") or strip_tags(str(block.get("html") or "").replace("</p>", " "))
    words = (
        words
        or block.get("rows", "").replace("\t", " ")
        or strip_tags(block.get("code", ""))
        or block.get("label_1", "")
    )
    return Truncator(plainly(" ".join((words or block.get("alt") or "").split()))).chars(_EXCERPT_CHARS)
