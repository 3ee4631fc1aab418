"""What a simple mail is made of: a document of blocks, and the fields each kind of block shows in its form.

A document is `{"version": 1, "blocks": [block, ...], "style": {...}}`, a block `{"id", "kind", <field>: value, ...}`.
Columns hold `{"columns": [[block, ...], ...]}` besides their fields, one level deep.
"""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from accounts import fonts
from accounts.web_addresses import completed
from campaigns.content.rich import clean_rich

Widget = Literal["text", "rich", "choice", "url", "image", "colour", "number"]
Block = dict[str, Any]
Document = dict[str, Any]

VERSION = 1
MAX_BLOCKS = 200
_MAX_TEXT = 2_000
_MAX_RICH = 50_000
_VIEW = "View in browser"
_PREFERENCES = "Choose what you get"
_MARKUP = re.compile(r"<[^>]*>")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Invalid(ValueError):
    """A document nobody could have made in the editor. Its text may be shown."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a block's form. Empty text is a legal value of every widget but choice and number."""

    name: str
    label: str
    widget: Widget
    default: Any = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int = 0
    maximum: int = 0
    example: str = ""  # shown in grey where nothing is written yet, and never sent

    @property
    def takes_words(self) -> bool:
        """Whether merge tags may stand in it."""
        return self.widget in {"text", "rich", "url"}


@dataclass(frozen=True, slots=True)
class Kind:
    key: str
    label: str
    description: str
    fields: tuple[Field, ...]
    is_container: bool = False

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


_ALIGN = Field("align", "Alignment", "choice", "left", choices=(("left", "Left"), ("center", "Centre")))
_BAND = Field(
    "band",
    "Background",
    "choice",
    "paper",
    "A coloured band across the mail.",
    choices=(("paper", "White"), ("tint", "Light tint"), ("brand", "Brand colour"), ("accent", "Second colour")),
)
_ALT = Field("alt", "Description", "text", help="Read aloud, and shown when pictures are off. Empty for decoration.")

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "logo",
            "Logo",
            "The organisation's logo, or its name",
            (
                Field("image", "Picture", "image", help="Empty: the organisation's logo, or its name in letters."),
                Field("alt", "Description", "text", help="Empty: the organisation's name."),
                Field("url", "Link", "url", help="Where a click on the logo leads. May stay empty."),
                Field("width", "Width", "number", 140, "In pixels.", minimum=40, maximum=400),
                Field("align", "Alignment", "choice", "center", choices=_ALIGN.choices),
                _BAND,
            ),
        ),
        Kind(
            "heading",
            "Heading",
            "A line that says what follows",
            (
                Field("text", "Text", "text", example="A heading"),
                Field(
                    "level",
                    "Size",
                    "choice",
                    "1",
                    choices=(("1", "Large"), ("2", "Medium"), ("3", "Small")),
                ),
                _ALIGN,
                _BAND,
            ),
        ),
        Kind(
            "text",
            "Text",
            "Paragraphs, lists and links",
            (Field("html", "Text", "rich", example="Write here."), _ALIGN, _BAND),
        ),
        Kind(
            "button",
            "Button",
            "The one thing to do next",
            (
                Field("label", "Label", "text", example="Read more"),
                Field("url", "Link", "url", help="A full address, such as https://example.com/offer."),
                Field(
                    "look",
                    "Look",
                    "choice",
                    "filled",
                    choices=(("filled", "Filled"), ("outline", "Outline")),
                ),
                Field("align", "Alignment", "choice", "left", choices=_ALIGN.choices),
                _BAND,
            ),
        ),
        Kind(
            "image",
            "Picture",
            "A picture, with a link if you like",
            (
                Field("image", "Picture", "image"),
                _ALT,
                Field("url", "Link", "url", help="Where a click on the picture leads. May stay empty."),
                Field(
                    "width",
                    "Width",
                    "choice",
                    "full",
                    choices=(("full", "Edge to edge"), ("text", "As wide as the text"), ("half", "Half")),
                ),
                _BAND,
            ),
        ),
        Kind(
            "columns",
            "Columns",
            "Two or three blocks side by side, one below the other on a phone",
            (
                Field(
                    "layout",
                    "Layout",
                    "choice",
                    "1-1",
                    choices=(
                        ("1-1", "Two equal"),
                        ("1-2", "Narrow and wide"),
                        ("2-1", "Wide and narrow"),
                        ("1-1-1", "Three equal"),
                    ),
                ),
                _BAND,
            ),
            is_container=True,
        ),
        Kind("divider", "Divider", "A thin line", (_BAND,)),
        Kind(
            "spacer",
            "Space",
            "Empty room",
            (Field("height", "Height", "number", 24, "In pixels.", minimum=4, maximum=120), _BAND),
        ),
        Kind(
            "footer",
            "Footer",
            "Postal address and unsubscribe link, which every mail must carry",
            (
                Field("html", "Text", "rich", "", "Why people get this mail, for example. May stay empty."),
                Field("label", "Unsubscribe link", "text", "Unsubscribe"),
                Field(
                    "preferences",
                    "Link to topics, pause and language",
                    "text",
                    "",
                    f"{_PREFERENCES}, for example. Empty: no such link.",
                ),
                Field(
                    "view", "Link to the mail as a web page", "text", "", f"{_VIEW}, for example. Empty: no such link."
                ),
            ),
        ),
    )
}

_OF_THE_BRAND = ("", "As the brand has it")
STYLE: tuple[Field, ...] = (
    Field("colour", "Main colour", "colour", help="Buttons, links and bands."),
    Field("accent", "Second colour", "colour", help="Bands that stand out."),
    Field("background", "Around the mail", "colour"),
    Field("ink", "Text", "colour"),
    Field("heading_font", "Headings", "choice", choices=(_OF_THE_BRAND, *fonts.CHOICES)),
    Field("body_font", "Text and buttons", "choice", choices=(_OF_THE_BRAND, *fonts.CHOICES)),
    Field(
        "corners",
        "Corners of buttons",
        "choice",
        choices=(_OF_THE_BRAND, ("soft", "Soft"), ("square", "Square"), ("round", "Round")),
    ),
)
# What documents from before brands said in one word.
_FONTS_BEFORE = {"sans": ("sans", "sans"), "serif": ("serif", "serif"), "mixed": ("serif", "sans")}

# Kinds that may stand in a column.
WORDS = {"heading": "text", "text": "html", "button": "label"}
COLUMN_KINDS = ("heading", "text", "button", "image", "divider", "spacer", "logo")


def new(kind: str) -> Block:
    """A fresh block with its defaults and an id of its own."""
    block: Block = {"id": secrets.token_hex(4), "kind": kind}
    block.update({field.name: field.default for field in KINDS[kind].fields})
    if kind == "footer":  # not in drafts from before: nobody's mail changes by itself
        block["view"] = _VIEW
        block["preferences"] = _PREFERENCES
    if KINDS[kind].is_container:
        block["columns"] = [[], []]
    return block


def empty() -> Document:
    """A document that may be sent once somebody writes into it: logo, heading, text, footer."""
    return validate({"blocks": [new(kind) for kind in ("logo", "heading", "text", "footer")]})


def column_count(block: Block) -> int:
    return len(str(block["layout"]).split("-"))


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
    return {field.name: _value(field, style.get(field.name, field.default)) for field in STYLE}


def _block(block: Any, allowed: tuple[str, ...], seen: set[str]) -> Block:
    if not isinstance(block, dict) or block.get("kind") not in allowed:
        raise Invalid("There is no such block here.")
    kind = KINDS[block["kind"]]
    key = str(block.get("id") or secrets.token_hex(4))
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", key) or key in seen:
        key = secrets.token_hex(4)
    seen.add(key)
    valid: Block = {"id": key, "kind": kind.key}
    valid.update({field.name: _value(field, block.get(field.name, field.default)) for field in kind.fields})
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


def _value(field: Field, value: Any) -> Any:
    if field.widget == "number":
        try:
            return min(max(int(value), field.minimum), field.maximum)
        except (TypeError, ValueError, OverflowError):
            return field.default
    value = _plain(value)
    if field.widget == "rich":
        return clean_rich(value[:_MAX_RICH])
    if field.widget == "choice":
        return value if value in dict(field.choices) else field.default
    if field.widget == "colour":
        return value.lower() if COLOUR.fullmatch(value) else field.default
    value = " ".join(value.split())[:_MAX_TEXT]
    return completed(value) if field.widget == "url" else value


def _plain(value: Any) -> str:
    """Without what PostgreSQL cannot keep: NUL, and half a character that JSON may spell."""
    return "" if value is None else str(value).replace("\0", "").encode(errors="ignore").decode()


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid("A mail is a list of blocks.")
    return value
