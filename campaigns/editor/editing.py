"""A document as its editor shows it: each block with its form, as campaigns.content.blocks defines it."""

import json
import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django.http import QueryDict
from django.utils.html import strip_tags
from django.utils.text import Truncator

from accounts.brands import fonts
from accounts.pictures import files
from campaigns.brands import contrast
from campaigns.brands.contrast import Pair
from campaigns.content import blocks, mjml
from campaigns.content.blocks import Block, Document, Field, Kind
from campaigns.content.blocks.fields import ROUNDINGS
from campaigns.content.blocks.links import link_ink
from campaigns.content.blocks.look import RADIUS, is_rtl
from campaigns.content.mjml import Brand
from campaigns.editor import arranging
from campaigns.templatetags.campaign_words import plainly
from contacts.models import Segment

_EXCERPT_CHARS = 48
_ROUNDING_OF = {RADIUS[key]: label for key, label in ROUNDINGS}
_WHOLE = re.compile(r"[a-z][a-z0-9+-]*:(?!\d)|#|\{[{%]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Input:
    """`options`: of a segment, by the heading they stand under: value, name. `usual`: what stands in for nothing."""

    field: Field
    value: Any
    id: str
    options: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    usual: str = ""
    is_rtl: bool = False

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """As they are read; sides are said as they are in the language of the mail."""
        sides = {"left": "Right", "right": "Left"} if self.is_rtl and self.field.name in {"align", "side"} else {}
        return tuple(
            (value, f"{label}: {self.usual}" if self.usual and not value else sides.get(value, label))
            for value, label in self.field.choices
        )

    @property
    def thumbnail(self) -> str:
        """The picture from this server, whatever public address the mail names."""
        _, mark, name = str(self.value).rpartition("/i/")
        name = name if mark else files.name_in(str(self.value))
        return f"/i/{name}" if name else ""

    @property
    def is_gone(self) -> bool:
        """A value that is none of its options any more."""
        return bool(self.value) and all(self.value != one for _, options in self.options for one, _ in options)

    @property
    def takes_merge_tags(self) -> bool:
        return self.field.takes_words


@dataclass(frozen=True, slots=True)
class Shown:
    """One block in the outline: what it is and what it says."""

    block: Block
    excerpt: str
    columns: list["Row"]
    is_first: bool
    is_last: bool

    @property
    def id(self) -> str:
        return str(self.block["id"])

    @property
    def kind(self) -> Kind:
        return blocks.KINDS[self.block["kind"]]

    @property
    def words(self) -> str:
        """The field that is written on the mail itself; "" if there is none."""
        return blocks.WORDS.get(self.block["kind"], "")

    @property
    def fits_columns(self) -> bool:
        return self.block["kind"] in blocks.COLUMN_KINDS


@dataclass(frozen=True, slots=True)
class Row:
    """Neighbours: the blocks of the mail or of one column."""

    shown: list[Shown]
    inside: str
    column: int


@dataclass(frozen=True, slots=True)
class Panel:
    """The form of one block."""

    block: Block
    inputs: list[Input]
    pairs: list[Pair]

    @property
    def id(self) -> str:
        return str(self.block["id"])

    @property
    def kind(self) -> Kind:
        return blocks.KINDS[self.block["kind"]]

    @property
    def seen(self) -> str:
        return seen(self.block)

    @property
    def is_for_some(self) -> bool:
        """Whether only some people or some screens are to show it."""
        return bool(self.block["if_field"] or self.block["if_segment"]) or self.block["devices"] != "all"

    @property
    def has_own_look(self) -> bool:
        return any(self.block[field.name] for field in self.kind.own)


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds of the palette that belong together."""

    label: str
    kinds: list[Kind]


def outline(document: Document) -> Row:
    return _row(document["blocks"], "", 0)


def panel(document: Document, block_id: str, brand: Brand) -> Panel | None:
    """None: nobody has chosen a block, or it is no longer there."""
    block = next((block for block in blocks.walk(document) if block["id"] == block_id), None)
    if block is None:
        return None
    fields = blocks.KINDS[block["kind"]].fields
    usual = _usual(document, block, brand)
    inputs = [
        Input(
            field,
            block[field.name],
            f"field-{block['id']}-{field.name}",
            _options(field),
            usual.get(field.name, "") if field.group == "own" else "",
            is_rtl(brand.language),
        )
        for field in fields
    ]
    return Panel(block, inputs, colour_pairs(document, block, brand))


def colour_pairs(document: Document, block: Block, brand: Brand) -> list[Pair]:
    """How well its own colours can be read where it stands."""
    look = mjml.look_of(document, brand, block["id"])
    return contrast.of_block(block, look) if look else []


def _usual(document: Document, block: Block, brand: Brand) -> dict[str, str]:
    """What the block looks like without anything of its own, in words, by the name of the field."""
    kind = blocks.KINDS[block["kind"]]
    plain = block | dict.fromkeys((field.name for field in kind.own), "")
    look = mjml.look_of(document, brand, block["id"])
    if look is None:
        return {}
    usual = kind.usual(plain, look)
    look, theme = look.of(plain, usual), look.theme
    return {
        "ink": {"footer": theme.muted, "menu": link_ink(look)}.get(kind.key, look.ink),
        "font": fonts.label_of(theme.head_font if usual.is_heading else theme.body_font),
        "size": f"{usual.size} pixels",
        "above": f"{usual.above} pixels",
        "below": f"{usual.below} pixels",
        "fill": look.outline_ink if block.get("look") == "outline" else look.button_colour,
        "corners": _ROUNDING_OF[theme.radius],
    }


def _options(field: Field) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    if field.widget != "segment":
        return ()
    known = [(str(pk), name) for pk, name in Segment.objects.order_by("name").values_list("pk", "name")]
    others = tuple((f"not-{pk}", f"Not {name}") for pk, name in known)
    return (("Only who is in it", tuple(known)), ("Only who is not in it", others))


def palette() -> list[Group]:
    found = [
        Group(label, [kind for kind in blocks.KINDS.values() if kind.group == key])
        for key, label in blocks.GROUPS.items()
    ]
    return [group for group in found if group.kinds]


def style_inputs(document: Document, brand: Brand) -> list[Input]:
    """The style's form; a colour left to the brand shows the brand's."""
    style, of_brand = document["style"], brand_colours(brand)
    usual = {
        "heading_font": fonts.label_of(fonts.stack(brand.heading_font)),
        "body_font": fonts.label_of(fonts.stack(brand.body_font)),
        "corners": dict(ROUNDINGS)[brand.corners],
    }
    return [
        Input(
            field,
            style[field.name] or of_brand.get(field.name, ""),
            f"style-{field.name}",
            usual=usual.get(field.name, ""),
        )
        for field in blocks.STYLE
    ]


def seen(values: dict[str, Any]) -> str:
    """What a form was filled from, in short: whoever saves it says so, and nobody overwrites what they never saw."""
    own = {name: value for name, value in values.items() if name != "columns"}
    return blake2b(json.dumps(own, sort_keys=True).encode(), digest_size=8).hexdigest()


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


def _row(siblings: list[Block], inside: str, column: int) -> Row:
    last = len(siblings) - 1
    return Row([_shown(block, index == 0, index == last) for index, block in enumerate(siblings)], inside, column)


def _shown(block: Block, is_first: bool, is_last: bool) -> Shown:
    columns = [_row(column, block["id"], index) for index, column in enumerate(block.get("columns", []))]
    return Shown(block, excerpt(block), columns, is_first, is_last)


def moved(before: Document, after: Document, block_id: str) -> str:
    """Where a block stands after a move, for those who hear the page: “Heading moved up, 2 of 5.”"""
    label = blocks.KINDS[arranging.find(after, block_id)["kind"]].label
    old, new = arranging.place_of(before, block_id), arranging.place_of(after, block_id)
    count = len(arranging.row_at(after, new))
    if new != old:
        is_near = (new.inside, new.column) == (old.inside, old.column)
        way = (" up" if new.position < old.position else " down") if is_near else ""
        column = f" in column {new.column + 1}" if new.inside else ""
        return f"{label} moved{way}, {new.position + 1} of {count}{column}."
    if count == 1:
        return f"{label} is alone here."
    end = {0: "the first", count - 1: "the last"}.get(new.position)
    return f"{label} is {end} of {count} already." if end else f"{label} stays, {new.position + 1} of {count}."


def excerpt(block: Block) -> str:
    """The block's words in short, to know it again in the list. Where none of those inside has words, what they are."""
    if "columns" in block:
        inside = [child for column in block["columns"] for child in column]
        known = list(filter(None, map(excerpt, inside))) or [blocks.KINDS[child["kind"]].label for child in inside]
        return Truncator(" · ".join(known) or "Nothing here yet").chars(_EXCERPT_CHARS)
    words = block.get("text") or block.get("label") or strip_tags(str(block.get("html") or "").replace("</p>", " "))
    words = (
        words
        or block.get("rows", "").replace("\t", " ")
        or strip_tags(block.get("code", ""))
        or block.get("label_1", "")
    )
    return Truncator(plainly(" ".join((words or block.get("alt") or "").split()))).chars(_EXCERPT_CHARS)
