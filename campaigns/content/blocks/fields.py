"""The inputs of a block's form, and those that many kinds share."""

from dataclasses import dataclass
from typing import Any, Literal

from accounts.brands import fonts
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
Group = Literal["", "own", "when"]  # of the form: on top, a look of its own, who sees it


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


_SIDES = (("left", "Left"), ("center", "Centre"), ("right", "Right"))


def align(default: str = "left") -> Field:
    return Field("align", "Alignment", "choice", default, choices=_SIDES)


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
LOOK = Field("look", "Look", "choice", "filled", choices=(("filled", "Filled"), ("outline", "Outline")))
ROUNDINGS = (("soft", "Soft"), ("square", "Square"), ("round", "Round"))


def _own(name: str, label: str, *choices: tuple[str, str]) -> Field:
    """What a block may have of its own, where it otherwise looks as the mail has it."""
    return Field(name, label, "choice", choices=(("", "As the mail has it"), *choices), group="own")


def _pixels(*sizes: int) -> tuple[tuple[str, str], ...]:
    return tuple((str(size), f"{size} pixels") for size in sizes)


_ROOM = _pixels(0, 4, 8, 12, 16, 24, 32, 48, 64)
LETTERS = (
    _own("ink", "Colour of words", *INKS.items()),
    _own("font", "Letters", *fonts.CHOICES),
    _own("size", "Size of letters", *_pixels(14, 15, 16, 18, 20, 22, 26, 30, 36, 44)),
)
ROOM = (_own("above", "Room above", *_ROOM), _own("below", "Room below", *_ROOM))
BUTTON = (
    _own("fill", "Colour of the button", ("accent", INKS["accent"]), ("ink", "Colour of the text")),
    _own("corners", "Corners of the button", *ROUNDINGS),
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
