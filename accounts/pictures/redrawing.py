"""What is asked of a picture's redrawing, and what comes of it. Read everywhere, so without the library that draws."""

from dataclasses import dataclass

Box = tuple[int, int, int, int]


class Refused(ValueError):
    """Not a picture we take. Its text may be shown."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """`crop`: left, top, width, height in pixels of the upright original; None: all of it."""

    max_width: int = 1_200  # twice the width of a mail: sharp on fine screens
    max_height: int = 0  # 0: four times the width
    crop: Box | None = None
    is_png: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    data: bytes
    suffix: str
    width: int
    height: int
    frames: int
    original_width: int  # upright, before any crop
    original_height: int
