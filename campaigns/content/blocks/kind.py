"""What a kind of block is: its name in the palette, its form, and how it is drawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from campaigns.content.blocks.fields import Field
from campaigns.content.blocks.look import Look, Usual

Block = dict[str, Any]
Group = Literal["words", "pictures", "links", "cards", "layout", "ends"]
Draw = Callable[[Block, Look], Sequence[str]]

GROUPS: dict[Group, str] = {
    "words": "Words",
    "pictures": "Pictures",
    "links": "Links",
    "cards": "Cards",
    "layout": "Layout",
    "ends": "Top and bottom",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """`icon` names a drawing of the palette. `words`: the field without which the block says nothing.

    `usual`: how it looks as long as it has nothing of its own.

    `draw` gives the MJML elements of a column, one a row of the mail; none when there is nothing to send.
    """

    key: str
    label: str
    description: str
    group: Group
    icon: str
    fields: tuple[Field, ...]
    draw: Draw
    own: tuple[Field, ...] = ()  # in which it may differ from the mail
    usual: Callable[[Block, Look], Usual] = lambda _block, _look: Usual()
    words: str = ""
    is_container: bool = False
    in_columns: bool = True
    band: str = ""  # where it always stands, whatever its block says

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)
