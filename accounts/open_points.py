"""What a page still needs, where no field of a form says it: all of it at once, each with its place on the page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """`place` is the id of the control that settles it."""

    place: str
    label: str
    words: str
