"""The inputs of a block's form, and those that many kinds share."""

from dataclasses import dataclass
from typing import Any, Literal

Widget = Literal["text", "rich", "choice", "url", "image", "colour", "number"]


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


def align(default: str = "left") -> Field:
    return Field("align", "Alignment", "choice", default, choices=(("left", "Left"), ("center", "Centre")))


def link(of: str) -> Field:
    return Field("url", "Link", "url", help=f"Where a click on the {of} leads. May stay empty.")


BAND = Field(
    "band",
    "Background",
    "choice",
    "paper",
    "A coloured band across the mail.",
    choices=(("paper", "White"), ("tint", "Light tint"), ("brand", "Brand colour"), ("accent", "Second colour")),
)
PICTURE = Field("image", "Picture", "image")
ALT = Field("alt", "Description", "text", help="Read aloud, and shown when pictures are off. Empty for decoration.")
