"""Draws the pictures of the starters: `uv run python -m campaigns.starters.draw`. The files are kept in `art/`."""

from collections.abc import Callable
from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw

ART = Path(__file__).parent / "art"
_FINE = 3  # drawn larger, then reduced: smooth edges
_PAPER, _SAND, _CLAY, _SUN = "#f4efe6", "#e6d9c3", "#c96f4a", "#e9b44c"
_TEAL, _DEEP, _NIGHT, _MIST = "#5f9ea0", "#2f5d62", "#23323a", "#cfe0dc"

Pen = ImageDraw.ImageDraw


def _hills(pen: Pen, w: int, h: int) -> None:
    pen.rectangle((0, 0, w, h), fill=_MIST)
    pen.ellipse((w * 0.62, h * 0.14, w * 0.62 + h * 0.42, h * 0.56), fill=_SUN)
    for base, height, waves, shift, colour in (
        (0.62, 0.16, 1.3, 0.4, "#9dc0bd"),
        (0.74, 0.14, 1.7, 2.2, _TEAL),
        (0.86, 0.10, 1.1, 4.0, _DEEP),
    ):
        ridge = [(x, h * (base - height * sin(waves * pi * x / w + shift))) for x in range(0, w + 12, 12)]
        pen.polygon([(0, h), *ridge, (w, h)], fill=colour)


def _boxes(pen: Pen, w: int, h: int) -> None:
    pen.rectangle((0, 0, w, h), fill=_SAND)
    pen.rectangle((0, h * 0.78, w, h), fill="#d8c7a9")
    for x, y, size, front, top, side in (
        (0.30, 0.78, 0.44, _CLAY, "#dd8e6c", "#a75638"),
        (0.52, 0.78, 0.30, _TEAL, "#86b8b9", "#47797b"),
        (0.34, 0.34, 0.22, _SUN, "#f1cd84", "#c4913a"),
    ):
        a, left, bottom = h * size, w * x, h * y
        d = a * 0.28
        pen.rectangle((left, bottom - a, left + a, bottom), fill=front)
        roof = [(left, bottom - a), (left + d, bottom - a - d), (left + a + d, bottom - a - d), (left + a, bottom - a)]
        pen.polygon(roof, fill=top)
        wall = [(left + a, bottom - a), (left + a + d, bottom - a - d), (left + a + d, bottom - d), (left + a, bottom)]
        pen.polygon(wall, fill=side)


def _arches(pen: Pen, w: int, h: int) -> None:
    pen.rectangle((0, 0, w, h), fill=_NIGHT)
    for number in range(5):
        middle, colour = w * (0.1 + 0.2 * number), (_CLAY, _SUN, _MIST, _SUN, _CLAY)[number]
        for ring, shade in ((0.17, colour), (0.125, _NIGHT), (0.09, colour)):
            r = w * ring * 0.52
            pen.ellipse((middle - r, h * 0.52 - r, middle + r, h * 0.52 + r), fill=shade)
            pen.rectangle((middle - r, h * 0.52, middle + r, h), fill=shade)
    for number in range(40):
        x, y = w * ((number * 37 % 101) / 101), h * 0.24 * ((number * 53 % 89) / 89)
        r = h * 0.004 * (1 + number % 3)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=_PAPER)


def _tags(pen: Pen, w: int, h: int) -> None:
    pen.rectangle((0, 0, w, h), fill=_CLAY)
    for number, colour in enumerate((_PAPER, _SUN, "#dd8e6c")):
        x, y, size = w * (0.14 + 0.27 * number), h * (0.24 + 0.05 * (number % 2)), h * 0.5
        shape = [(x, y + size * 0.28), (x + size * 0.28, y), (x + size * 0.9, y), (x + size * 0.9, y + size)]
        pen.polygon([*shape, (x, y + size)], fill=colour)
        r = size * 0.06
        pen.ellipse((x + size * 0.24 - r, y + size * 0.3 - r, x + size * 0.24 + r, y + size * 0.3 + r), fill=_CLAY)
        pen.line((x + size * 0.24, y + size * 0.3, x + size * 0.1, 0), fill=_NIGHT, width=int(h * 0.008))


def _door(pen: Pen, w: int, h: int) -> None:
    pen.rectangle((0, 0, w, h), fill=_TEAL)
    pen.rectangle((0, h * 0.86, w, h), fill=_DEEP)
    for grow, colour in ((0.05, _DEEP), (0.0, _SUN)):
        left, right, top = w * (0.41 - grow), w * (0.59 + grow), h * (0.34 - grow)
        r = (right - left) / 2
        pen.rectangle((left, top + r * 0.2, right, h * 0.86), fill=colour)
        pen.ellipse((left, top - r * 0.8, right, top + r * 1.2), fill=colour)
    pen.polygon([(w * 0.41, h * 0.86), (w * 0.59, h * 0.86), (w * 0.72, h), (w * 0.28, h)], fill="#f1cd84")
    for middle in (0.16, 0.84):
        x = w * middle
        pen.rectangle((x - w * 0.022, h * 0.74, x + w * 0.022, h * 0.86), fill=_CLAY)
        for leaf in range(7):
            angle = pi * (0.15 + 0.7 * leaf / 6)
            tip = (x - cos(angle) * w * 0.07, h * 0.74 - sin(angle) * h * 0.3)
            pen.polygon([(x - w * 0.01, h * 0.74), tip, (x + w * 0.01, h * 0.74)], fill=_NIGHT if leaf % 2 else _DEEP)


def _leaves(pen: Pen, w: int, h: int) -> None:
    pen.rectangle((0, 0, w, h), fill=_PAPER)
    for column in range(4):
        for row in range(3):
            x, y, s = w * column / 4, h * row / 3, w / 4
            colour = (_TEAL, _DEEP, _SUN, _MIST, _CLAY)[(column * 2 + row * 3) % 5]
            turn = (column + row) % 2
            pen.pieslice(
                (x - s * turn, y, x + s * (2 - turn), y + s * 2), 180 + 90 * turn, 270 + 90 * turn, fill=colour
            )


def _waves(pen: Pen, w: int, h: int) -> None:
    pen.rectangle((0, 0, w, h), fill=_DEEP)
    for row in range(13):
        for column in range(-1, 9):
            r = w / 15
            x, y = column * 2 * r + (row % 2) * r, row * r * 0.95
            for share, colour in ((1.0, _PAPER), (0.82, _TEAL), (0.6, _PAPER), (0.42, _DEEP)):
                q = r * share
                pen.ellipse((x - q, y - q, x + q, y + q), fill=colour)


_PICTURES: dict[str, tuple[Callable[[Pen, int, int], None], int, int]] = {
    "hills": (_hills, 1200, 600),
    "boxes": (_boxes, 1200, 640),
    "arches": (_arches, 1200, 600),
    "tags": (_tags, 1200, 520),
    "door": (_door, 1200, 600),
    "leaves": (_leaves, 600, 450),
    "waves": (_waves, 600, 450),
}


def main() -> None:
    ART.mkdir(exist_ok=True)
    for name, (draw, width, height) in _PICTURES.items():
        canvas = Image.new("RGB", (width * _FINE, height * _FINE))
        draw(ImageDraw.Draw(canvas), width * _FINE, height * _FINE)
        small = canvas.resize((width, height), Image.Resampling.LANCZOS)
        small.quantize(96).save(ART / f"starter-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
