"""What the colours of a brand or a block do to reading, said in words (WCAG 2.2, 1.4.3)."""

from dataclasses import dataclass

from accounts.brands.colours import MUTED, PAPER, contrast, on, readable, survives, surviving
from campaigns.content.blocks import Block
from campaigns.content.blocks.look import Look
from campaigns.content.mjml import Brand

_ENOUGH, _EASY = 4.5, 7.0


@dataclass(frozen=True, slots=True)
class Pair:
    """Letters of a colour on a ground, and how well they read. `instead`: the colour that mails use for them."""

    what: str
    ink: str
    ground: str
    instead: str = ""

    @property
    def ratio(self) -> float:
        return contrast(self.ink, self.ground)

    @property
    def kind(self) -> str:
        return "good" if self.ratio >= _ENOUGH and survives(self.ink, self.ground) else "warn"

    @property
    def words(self) -> str:
        said = f"{self.ratio:.1f} to 1"
        if self.ratio >= _ENOUGH and not survives(self.ink, self.ground):
            return f"{said}: readable until a program turns mails dark by force. {surviving(self.ground)} stays so."
        if self.ratio >= _EASY:
            return f"{said}: easy to read."
        if self.ratio >= _ENOUGH:
            return f"{said}: readable."
        return f"{said}: too faint for many people, so mails use {self.instead} for it."


def pairs(brand: Brand) -> list[Pair]:
    return [
        _with_cure("Text on white", brand.ink, PAPER),
        _with_cure("Links on white", brand.colour, PAPER),
        Pair("Words on a button", on(brand.colour), brand.colour),
        Pair("Words on the second colour", on(brand.accent), brand.accent),
        _with_cure("The foot, around the mail", MUTED, brand.background),
    ]


def of_block(block: Block, look: Look) -> list[Pair]:
    """Of the colours that it has of its own."""
    found = []
    if look.own_ink:
        found.append(_with_cure("Words on their background", look.named(look.own_ink), look.ground))
    if look.own_fill and block["look"] == "outline":
        found.append(_with_cure("Button on its background", look.named(look.own_fill), look.ground))
    elif look.own_fill:
        found.append(Pair("Words on the button", on(look.button_colour), look.button_colour))
    return found


def _with_cure(what: str, ink: str, ground: str) -> Pair:
    return Pair(what, ink, ground, readable(ink, ground))
