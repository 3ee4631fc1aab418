"""A form's own colours: one look on light and dark screens, as readable as what it is set on allows. Pure."""

from typing import NamedTuple

from accounts.brands import colours

PAPER, INK = "#fbfaf8", "#1c1f24"  # of tokens.css
_READABLE, _SEEN = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


class Look(NamedTuple):
    """Values of the style tokens that a form changes."""

    is_dark: bool
    paper: str
    ink: str
    muted: str
    line: str
    line_strong: str
    link: str
    button: str
    on_button: str
    button_edge: str


def of(background: str, text: str, button: str) -> Look:
    """Of three colours as #rrggbb."""
    return Look(
        is_dark=colours.contrast(background, "#ffffff") > colours.contrast(background, "#000000"),
        paper=background,
        ink=text,
        muted=colours.readable(colours.mixed(text, 0.75, background), background),
        line=colours.mixed(text, 0.15, background),
        line_strong=_seen(colours.mixed(text, 0.5, background), text, background),
        link=colours.readable(button, background),
        button=button,
        on_button=colours.on(button),
        button_edge=_seen(button, text, background),
    )


def problem(background: str, text: str) -> str:
    """Why the text cannot be read, in words that say what to do; empty if it can."""
    contrast = colours.contrast(text, background)
    if contrast >= _READABLE:
        return ""
    better = colours.readable(text, background)
    return (
        f"This text is hard to read on its background: the contrast is {contrast:.1f} to 1, and needs {_READABLE} to 1."
        f" {better} would do."
    )


def _seen(colour: str, text: str, background: str) -> str:
    """The colour, mixed with the text's until its edge shows on the background."""
    for share in (1.0, 0.8, 0.6, 0.4, 0.2):
        found = colours.mixed(colour, share, text)
        if colours.contrast(found, background) >= _SEEN:
            return found
    return text
