"""The inputs of a block's form, and those that many kinds share."""

from dataclasses import dataclass
from typing import Any, Literal

from campaigns.content.rich import INKS

Widget = Literal[
    "text",
    "rich",
    "choice",
    "url",
    "image",
    "colour",
    "number",
    "grid",
    "code",
    "date",
    "time",
    "zone",
    "tag",
    "segment",
]
Group = Literal["", "when"]


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a block's form. Empty text is a legal value of every widget but choice and number.

    A grid is lines of cells with tabs between, as spreadsheets copy them.
    """

    name: str
    label: str
    widget: Widget
    default: Any = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: int = 0
    maximum: int = 0
    example: str = ""  # shown in grey where nothing is written yet, and never sent
    group: Group = ""
    is_plain: bool = False  # words about the look of the block, which no merge tag can say

    @property
    def takes_words(self) -> bool:
        """Whether merge tags may stand in it."""
        return self.widget in {"text", "rich", "url", "grid", "code"} and self.group != "when" and not self.is_plain

    @property
    def is_html(self) -> bool:
        return self.widget in {"rich", "code"}


def align(default: str = "left") -> Field:
    return Field("align", "Alignment", "choice", default, choices=(("left", "Left"), ("center", "Centre")))


def link(of: str) -> Field:
    return Field("url", "Link", "url", help=f"Where a click on the {of} leads. May stay empty.")


_BANDS = (("paper", "White"), ("tint", "Light tint"), ("brand", "Brand colour"), ("accent", "Second colour"))
BAND = Field("band", "Background", "choice", "paper", "A coloured band across the mail.", choices=_BANDS)
SECTION = (
    Field("band", "Background", "choice", "paper", choices=(*_BANDS, ("own", "Own colour"), ("picture", "Picture"))),
    Field("ground", "Own colour", "colour", "#1f4fa8", "Also what stands behind a picture until it has loaded."),
    Field("picture", "Background picture", "image", help="Words are set in what reads on the own colour."),
    Field("wide", "Reach", "choice", "mail", choices=(("mail", "As wide as the mail"), ("window", "Edge to edge"))),
)
PICTURE = Field("image", "Picture", "image")
ALT = Field("alt", "Description", "text", help="Read aloud, and shown when pictures are off. Empty for decoration.")
_OF_THE_MAIL = ("", "As the mail has it")
INK = Field("ink", "Colour of words", "choice", choices=(_OF_THE_MAIL, *INKS.items()))
ROUNDINGS = (("soft", "Soft"), ("square", "Square"), ("round", "Round"))
LOOK = Field("look", "Look", "choice", "filled", choices=(("filled", "Filled"), ("outline", "Outline")))
BUTTON = (
    LOOK,
    Field(
        "fill",
        "Colour of the button",
        "choice",
        choices=(_OF_THE_MAIL, ("accent", INKS["accent"]), ("ink", "Colour of the text")),
    ),
    Field("corners", "Corners of the button", "choice", choices=(_OF_THE_MAIL, *ROUNDINGS)),
)

WHEN = (
    Field(
        "devices",
        "Shown on",
        "choice",
        "all",
        "Outlook on Windows is a desktop. The few programs without media queries do not show what is for phones.",
        choices=(("all", "Every screen"), ("desktop", "Not on phones"), ("phone", "Phones only")),
        group="when",
    ),
    Field("if_segment", "Only for people of a segment", "segment", "", group="when"),
    Field("if_field", "Only for people whose", "tag", "", group="when"),
    Field(
        "if_is",
        "Comparison",
        "choice",
        "is",
        choices=(
            ("is", "is"),
            ("is-not", "is not"),
            ("contains", "contains"),
            ("filled", "is filled in"),
            ("empty", "is empty"),
        ),
        group="when",
    ),
    Field("if_value", "This", "text", "", group="when"),
)
