"""The organisation's colour on the pages that recipients see, as light or dark as it takes to be read. Pure."""

from typing import NamedTuple

from accounts.brands import colours

_GROUNDS = {"light": ("#ffffff", "#fbfaf8"), "dark": ("#1d2024", "#16181b")}  # surface and paper of tokens.css


class Brand(NamedTuple):
    light: str
    on_light: str
    dark: str
    on_dark: str


def of(colour: str) -> Brand:
    light, dark = (_readable(colour, *_GROUNDS[theme]) for theme in ("light", "dark"))
    return Brand(light, colours.on(light), dark, colours.on(dark))


def _readable(colour: str, *grounds: str) -> str:
    for ground in grounds:
        colour = colours.readable(colour, ground)
    return colour
