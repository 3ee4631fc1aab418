"""Draws the pictures of the templates and of social links: `uv run python campaigns/starters/draw.py`.

The files are kept in `art/`.

They are drawn in parts of four inks instead of colours: red, green and blue of a pixel say how much of the main
colour, the second colour and white is in it, the rest is black. So campaigns.starters.colouring gives them the colours
of any brand.
"""

from collections.abc import Callable
from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw

ART = Path(__file__).parent / "art"
_FINE = 2  # drawn larger, then reduced: smooth edges
_COLOURS = 96

Ink = tuple[int, int, int]
Point = tuple[float, float]


def _ink(main: float = 0, second: float = 0, white: float = 0) -> Ink:
    return round(255 * main), round(255 * second), round(255 * white)


MAIN, SECOND, WHITE, BLACK = _ink(1), _ink(0, 1), _ink(0, 0, 1), _ink()
DEEP, SOFT, PALE, MIST = _ink(0.72), _ink(0.62, 0, 0.38), _ink(0.3, 0, 0.7), _ink(0.12, 0, 0.88)
SECOND_SOFT, SECOND_PALE = _ink(0, 0.6, 0.4), _ink(0, 0.25, 0.75)
BOTH = _ink(0.5, 0.5)


class Sheet:
    """A picture in the making, measured in its own height: 0..1 downwards, 0..`ratio` to the right."""

    def __init__(self, width: int, height: int, ground: Ink) -> None:
        self.size = (width, height)
        self.tall = height * _FINE
        self.ratio = width / height
        self.image = Image.new("RGB", (width * _FINE, self.tall), ground)

    def shape(self, ink: Ink, draw: Callable[[ImageDraw.ImageDraw], object], strength: float = 1) -> None:
        """What `draw` covers with white, in the ink; weaker than 1 lets shine through what is below."""
        mask = Image.new("L", self.image.size, 0)
        draw(ImageDraw.Draw(mask))
        if strength < 1:
            mask = mask.point(lambda value: round(value * strength))
        self.image.paste(ink, (0, 0), mask)

    def box(self, ink: Ink, x: float, y: float, w: float, h: float, strength: float = 1) -> None:
        self.shape(ink, lambda pen: pen.rectangle(self._at((x, y), (x + w, y + h)), fill=255), strength)

    def disc(self, ink: Ink, x: float, y: float, r: float, strength: float = 1) -> None:
        self.shape(ink, lambda pen: pen.ellipse(self._at((x - r, y - r), (x + r, y + r)), fill=255), strength)

    def ring(self, ink: Ink, x: float, y: float, r: float, thick: float, strength: float = 1) -> None:
        box, line = self._at((x - r, y - r), (x + r, y + r)), round(thick * self.tall)
        self.shape(ink, lambda pen: pen.ellipse(box, outline=255, width=line), strength)

    def slice(self, ink: Ink, x: float, y: float, r: float, start: float, end: float, strength: float = 1) -> None:
        box = self._at((x - r, y - r), (x + r, y + r))
        self.shape(ink, lambda pen: pen.pieslice(box, start, end, fill=255), strength)

    def area(self, ink: Ink, points: list[Point], strength: float = 1) -> None:
        self.shape(ink, lambda pen: pen.polygon(self._at(*points), fill=255), strength)

    def pill(self, ink: Ink, x: float, y: float, w: float, h: float, strength: float = 1) -> None:
        box, r = self._at((x, y), (x + w, y + h)), min(w, h) / 2 * self.tall
        self.shape(ink, lambda pen: pen.rounded_rectangle(box, r, fill=255), strength)

    def wave(self, ink: Ink, height: float, swing: float, turns: float, shift: float) -> None:
        steps = [index / 120 for index in range(121)]
        ridge = [(x * self.ratio, height + swing * sin(turns * 2 * pi * x + shift)) for x in steps]
        self.area(ink, [(0, 1.1), *ridge, (self.ratio, 1.1)])

    def _at(self, *points: Point) -> list[Point]:
        return [(x * self.tall, y * self.tall) for x, y in points]


def _dunes(s: Sheet) -> None:
    s.disc(SECOND, s.ratio * 0.71, 0.4, 0.25)
    s.disc(WHITE, s.ratio * 0.71, 0.4, 0.34, 0.16)
    for height, swing, turns, shift, ink in (
        (0.55, 0.13, 0.75, 0.5, PALE),
        (0.68, 0.12, 0.9, 2.6, SOFT),
        (0.8, 0.1, 0.8, 4.9, MAIN),
        (0.94, 0.07, 1.1, 1.2, DEEP),
    ):
        s.wave(ink, height, swing, turns, shift)


def _facets(s: Sheet) -> None:
    w = s.ratio
    for ink, points, strength in (
        (DEEP, [(0, 0), (w * 0.46, 0), (0, 1.0)], 1),
        (SOFT, [(w * 0.46, 0), (w, 0), (w * 0.62, 0.62)], 1),
        (PALE, [(w, 0), (w, 0.74), (w * 0.62, 0.62)], 1),
        (SECOND, [(w * 0.62, 0.62), (w, 0.74), (w, 1), (w * 0.4, 1)], 1),
        (SECOND_SOFT, [(w * 0.46, 0), (w * 0.62, 0.62), (w * 0.4, 1), (w * 0.27, 0.41)], 1),
        (WHITE, [(w * 0.46, 0), (w * 0.62, 0.62), (w * 0.27, 0.41)], 0.45),
        (BLACK, [(0, 1), (w * 0.27, 0.41), (w * 0.4, 1)], 0.22),
    ):
        s.area(ink, points, strength)


def _bursts(s: Sheet) -> None:
    """A row of half discs, each turned otherwise: a banner."""
    s.box(MAIN, 0, 0, s.ratio, 1)
    side = s.ratio / 6
    for row in range(3):
        for column in range(6):
            x, y, r = column * side, row * side - side * 0.1, side
            turn = (column * 3 + row * 5) % 4
            ink = (SECOND, WHITE, SOFT, SECOND, DEEP)[(column * 2 + row) % 5]
            corner = ((x, y), (x + r, y), (x + r, y + r), (x, y + r))[turn]
            s.slice(ink, *corner, r * 0.94, 90 * turn, 90 * turn + 90)
    s.box(DEEP, 0, 0.985, s.ratio, 0.02)


def _fan(s: Sheet) -> None:
    s.box(DEEP, 0, 0, s.ratio, 1)
    middle = s.ratio / 2
    for number in range(13):
        ink = (SECOND, MAIN, SECOND_SOFT, MAIN)[number % 4]
        start = 180 + number * 180 / 13
        s.slice(ink, middle, 1.04, 0.98, start + 1.3, start + 180 / 13 - 1.3)
    for r, ink in ((0.46, DEEP), (0.36, SECOND_PALE), (0.25, MAIN), (0.13, WHITE)):
        s.disc(ink, middle, 1.04, r)
    for number in range(26):
        x, y = s.ratio * ((number * 37 % 101) / 101), 0.5 * ((number * 53 % 89) / 89)
        if abs(x - middle) > 0.66 or y < 0.06:
            s.disc(SECOND_PALE, x, y, 0.006 + 0.004 * (number % 3))


def _tiles(s: Sheet) -> None:
    side = 1 / 4
    for row in range(4):
        for column in range(round(s.ratio / side) + 1):
            x, y = column * side, row * side
            kind = (column * 7 + row * 11 + column * row) % 4
            s.box((MIST, PALE, WHITE, MIST)[(column + row * 2) % 4], x, y, side, side)
            first, other = ((x, y), (x + side, y + side)) if kind % 2 else ((x + side, y), (x, y + side))
            for (cx, cy), ink in ((first, MAIN), (other, SECOND if kind > 1 else SOFT)):
                turn = (0 if cx == x else 90) if cy == y else (270 if cx == x else 180)
                s.slice(ink, cx, cy, side * 0.68, turn, turn + 90)
                s.slice(WHITE, cx, cy, side * 0.34, turn, turn + 90, 0.85)


def _sunrise(s: Sheet) -> None:
    s.box(SECOND_PALE, 0, 0, s.ratio, 1)
    middle = s.ratio * 0.5
    for r, strength in ((0.78, 0.22), (0.64, 0.34), (0.5, 0.55)):
        s.disc(MAIN, middle, 0.72, r, strength)
    s.disc(MAIN, middle, 0.72, 0.36)
    s.box(SECOND, 0, 0.72, s.ratio, 0.3)
    for number in range(6):
        width = 0.66 - 0.1 * number
        s.pill(_ink(0.75, 0.25), middle - width / 2, 0.755 + 0.04 * number, width, 0.016)


def _ripples(s: Sheet) -> None:
    s.box(MAIN, 0, 0, s.ratio, 1)
    left, right = s.ratio * 0.37, s.ratio * 0.64
    for number in range(9):
        s.ring(WHITE, left, 0.53, 0.09 + 0.105 * number, 0.013, 0.75 - 0.06 * number)
    for number in range(9):
        s.ring(SECOND, right, 0.47, 0.09 + 0.105 * number, 0.013, 1 - 0.08 * number)
    s.disc(WHITE, left, 0.53, 0.055)
    s.disc(SECOND, right, 0.47, 0.055)


def _bars(s: Sheet) -> None:
    s.box(MIST, 0, 0, s.ratio, 1)
    tall = (0.34, 0.55, 0.42, 0.72, 0.5, 0.86, 0.64, 0.46, 0.78, 0.58, 0.38)
    step = s.ratio / (len(tall) + 1)
    for number, height in enumerate(tall):
        x = step * (number + 0.5) + step * 0.18
        ink = SECOND if number == 5 else (MAIN, SOFT, PALE)[number % 3]
        s.pill(ink, x, 1 - height, step * 0.64, height + 0.3)
        s.disc(WHITE, x + step * 0.32, 1 - height + step * 0.32, step * 0.13, 0.9)


def _lights(s: Sheet) -> None:
    """Diamonds folded along their height, as paper stars in a window at night."""
    s.box(DEEP, 0, 0, s.ratio, 1)
    wide, tall = s.ratio / 6, 0.5
    for row in range(-1, 4):
        for column in range(7):
            x, y = column * wide + (row % 2) * wide / 2, row * tall / 2
            left, right = (
                (MAIN, SOFT),
                (SECOND, SECOND_SOFT),
                (SOFT, PALE),
                (DEEP, MAIN),
                (MAIN, SOFT),
            )[(column * 3 + row * 2) % 5]
            top, bottom, middle = (x, y + 0.02), (x, y + tall - 0.02), y + tall / 2
            s.area(left, [top, bottom, (x - wide * 0.46, middle)])
            s.area(right, [top, bottom, (x + wide * 0.46, middle)])
            s.disc(WHITE, x + wide / 2, y + 0.02, 0.009)


def _stairs(s: Sheet) -> None:
    s.box(SECOND_PALE, 0, 0, s.ratio, 1)
    s.disc(SECOND, s.ratio * 0.8, 0.26, 0.15)
    width, skew = s.ratio * 0.125, 0.09
    for number in range(7):
        x, top = s.ratio * 0.05 + number * width, 0.86 - number * 0.105
        s.area(MAIN, [(x, top), (x + width, top), (x + width, 1.1), (x, 1.1)])
        s.area(SOFT, [(x, top), (x + skew, top - skew), (x + width + skew, top - skew), (x + width, top)])
        end = x + width
        s.area(DEEP, [(end, top), (end + skew, top - skew), (end + skew, 1.1), (end, 1.1)])


def _petals(s: Sheet) -> None:
    s.box(SECOND_PALE, 0, 0, s.ratio, 1)
    side = s.ratio / 4
    for column in range(4):
        for row in range(3):
            x, y = column * side, row * side
            ink = (MAIN, SECOND, DEEP, SOFT, SECOND_SOFT)[(column * 2 + row * 3) % 5]
            turn = (column + row) % 2
            s.shape(ink, lambda pen, x=x, y=y, turn=turn: _leaf(s, pen, x, y, side, turn))  # type: ignore[misc]


def _leaf(s: Sheet, pen: ImageDraw.ImageDraw, x: float, y: float, side: float, turn: int) -> None:
    steps = [pi / 2 * index / 40 for index in range(41)]
    inset = side * 0.06
    size = side - 2 * inset
    there = [(1 - cos(angle), sin(angle)) for angle in steps]
    outline = [*there, *[(1 - (1 - cos(angle)), 1 - sin(angle)) for angle in steps]]
    placed = [((1 - px if turn else px), py) for px, py in outline]
    pen.polygon([((x + inset + px * size) * s.tall, (y + inset + py * size) * s.tall) for px, py in placed], fill=255)


def _orbits(s: Sheet) -> None:
    s.box(MAIN, 0, 0, s.ratio, 1)
    x, y = s.ratio * 0.5, 0.5
    for r, ink in ((0.46, DEEP), (0.34, SOFT), (0.22, SECOND), (0.1, WHITE)):
        s.disc(ink, x, y, r)
    for angle, r, size, ink in ((0.6, 0.46, 0.05, SECOND), (2.7, 0.34, 0.035, WHITE), (4.4, 0.46, 0.03, WHITE)):
        s.disc(ink, x + r * cos(angle), y + r * sin(angle), size)


def _weave(s: Sheet) -> None:
    s.box(PALE, 0, 0, s.ratio, 1)
    step = 1 / 6
    for row in range(6):
        for column in range(round(s.ratio / step)):
            x, y = column * step, row * step
            if (column + row) % 2:
                s.pill(MAIN, x - step * 0.42, y + step * 0.26, step * 1.84, step * 0.48)
            else:
                s.pill(
                    SECOND if (column // 2 + row) % 3 == 0 else DEEP,
                    x + step * 0.26,
                    y - step * 0.42,
                    step * 0.48,
                    step * 1.84,
                )


_WIDE, _CARD = (1200, 600), (800, 600)
_PICTURES: dict[str, tuple[Callable[[Sheet], None], tuple[int, int], Ink]] = {
    "dunes": (_dunes, _WIDE, MIST),
    "facets": (_facets, _WIDE, MAIN),
    "bursts": (_bursts, (1200, 480), MAIN),
    "fan": (_fan, _WIDE, DEEP),
    "tiles": (_tiles, (1200, 400), MIST),
    "sunrise": (_sunrise, _WIDE, SECOND_PALE),
    "ripples": (_ripples, (1200, 520), MAIN),
    "bars": (_bars, (1200, 440), MIST),
    "lights": (_lights, _WIDE, DEEP),
    "stairs": (_stairs, (1200, 520), SECOND_PALE),
    "petals": (_petals, _CARD, SECOND_PALE),
    "orbits": (_orbits, (1200, 900), MAIN),
    "weave": (_weave, _CARD, PALE),
}


_ICON, _ICON_FINE, _STROKE = 64, 8, 0.085  # pixels, at twice the size it is shown in; of its height


class Glyph:
    """A sign in the making, on a disc: measured as the disc, 0..1 to the right and downwards."""

    def __init__(self) -> None:
        self.side = _ICON * _ICON_FINE
        self.mask = Image.new("L", (self.side, self.side), 0)
        self.pen = ImageDraw.Draw(self.mask)

    def line(self, *points: Point, thick: float = _STROKE) -> None:
        placed = self._at(*points)
        self.pen.line(placed, fill=255, width=round(thick * self.side), joint="curve")
        for x, y in placed:
            r = thick * self.side / 2
            self.pen.ellipse((x - r, y - r, x + r, y + r), fill=255)

    def arc(self, x: float, y: float, r: float, start: float = 0, end: float = 360, squeeze: float = 1) -> None:
        """In degrees, clockwise from the right; `squeeze`: how wide it is by its height."""
        steps = [start + (end - start) * step / 60 for step in range(61)]
        self.line(*((x + squeeze * r * cos(a * pi / 180), y + r * sin(a * pi / 180)) for a in steps))

    def disc(self, x: float, y: float, r: float) -> None:
        self.pen.ellipse(self._at((x - r, y - r), (x + r, y + r)), fill=255)

    def box(self, x: float, y: float, w: float, h: float, r: float) -> None:
        self.pen.rounded_rectangle(self._at((x, y), (x + w, y + h)), r * self.side, fill=255)

    def frame(self, x: float, y: float, w: float, h: float, r: float) -> None:
        box = self._at((x, y), (x + w, y + h))
        self.pen.rounded_rectangle(box, r * self.side, outline=255, width=round(_STROKE * 0.85 * self.side))

    def area(self, *points: Point, fill: int = 255) -> None:
        self.pen.polygon(self._at(*points), fill=fill)

    def on_a_disc(self) -> Image.Image:
        """Main ink below, second ink on it, nothing round it."""
        size = (_ICON, _ICON)
        disc = Image.new("L", self.mask.size, 0)
        ImageDraw.Draw(disc).ellipse((0, 0, self.side - 1, self.side - 1), fill=255)
        sign = self.mask.resize(size, Image.Resampling.LANCZOS)
        under = sign.point(lambda value: 255 - value)
        alpha = disc.resize(size, Image.Resampling.LANCZOS)
        return Image.merge("RGBA", (under, sign, Image.new("L", size, 0), alpha))

    def _at(self, *points: Point) -> list[Point]:
        return [(x * self.side, y * self.side) for x, y in points]


def _website(g: Glyph) -> None:
    g.arc(0.5, 0.5, 0.26)
    g.arc(0.5, 0.5, 0.26, squeeze=0.42)
    g.line((0.25, 0.5), (0.75, 0.5), thick=0.06)


def _instagram(g: Glyph) -> None:
    g.frame(0.25, 0.25, 0.5, 0.5, 0.15)
    g.arc(0.5, 0.5, 0.11)
    g.disc(0.645, 0.355, 0.036)


def _facebook(g: Glyph) -> None:
    g.line((0.47, 0.76), (0.47, 0.4), thick=0.11)
    g.arc(0.575, 0.395, 0.105, 180, 270)
    g.line((0.575, 0.29), (0.615, 0.29), thick=0.1)
    g.line((0.385, 0.49), (0.6, 0.49), thick=0.09)


def _linkedin(g: Glyph) -> None:
    g.disc(0.32, 0.31, 0.058)
    g.line((0.32, 0.46), (0.32, 0.7), thick=0.1)
    g.line((0.49, 0.46), (0.49, 0.7), thick=0.1)
    g.arc(0.59, 0.545, 0.095, 180, 360)
    g.line((0.685, 0.55), (0.685, 0.7), thick=0.1)


def _youtube(g: Glyph) -> None:
    g.box(0.22, 0.31, 0.56, 0.38, 0.1)
    g.area((0.445, 0.41), (0.445, 0.59), (0.6, 0.5), fill=0)


def _tiktok(g: Glyph) -> None:
    g.arc(0.43, 0.625, 0.105)
    g.line((0.535, 0.63), (0.535, 0.25))
    g.arc(0.68, 0.25, 0.145, 180, 90)


def _x(g: Glyph) -> None:
    g.line((0.31, 0.29), (0.69, 0.71), thick=0.11)
    g.line((0.69, 0.29), (0.31, 0.71), thick=0.06)


def _threads(g: Glyph) -> None:
    g.arc(0.5, 0.5, 0.26, 55, 330, squeeze=0.9)
    g.arc(0.5, 0.56, 0.105, 0, 360)
    g.arc(0.5, 0.5, 0.14, 250, 380, squeeze=1.15)


def _bluesky(g: Glyph) -> None:
    for side in (-1, 1):
        g.area((0.5, 0.5), (0.5 + side * 0.1, 0.35), (0.5 + side * 0.27, 0.27), (0.5 + side * 0.27, 0.46))
        g.area((0.5, 0.5), (0.5 + side * 0.27, 0.45), (0.5 + side * 0.21, 0.55), (0.5 + side * 0.06, 0.57))
        g.disc(0.5 + side * 0.125, 0.63, 0.095)
        g.area((0.5, 0.5), (0.5 + side * 0.22, 0.62), (0.5 + side * 0.12, 0.72))


def _mastodon(g: Glyph) -> None:
    g.arc(0.405, 0.43, 0.095, 180, 360)
    g.arc(0.595, 0.43, 0.095, 180, 360)
    for x in (0.31, 0.5, 0.69):
        g.line((x, 0.44), (x, 0.56 if x == 0.5 else 0.66))


def _pinterest(g: Glyph) -> None:
    g.arc(0.52, 0.42, 0.16, 200, 470)
    g.line((0.515, 0.4), (0.43, 0.76))


def _whatsapp(g: Glyph) -> None:
    g.arc(0.515, 0.485, 0.24)
    g.area((0.23, 0.77), (0.29, 0.57), (0.43, 0.71))
    g.arc(0.63, 0.37, 0.2, 100, 170)
    g.line((0.415, 0.41), (0.455, 0.395), thick=0.11)
    g.line((0.585, 0.575), (0.605, 0.54), thick=0.11)


_SIGNS: dict[str, Callable[[Glyph], None]] = {
    "website": _website,
    "instagram": _instagram,
    "facebook": _facebook,
    "linkedin": _linkedin,
    "youtube": _youtube,
    "tiktok": _tiktok,
    "x": _x,
    "threads": _threads,
    "bluesky": _bluesky,
    "mastodon": _mastodon,
    "pinterest": _pinterest,
    "whatsapp": _whatsapp,
}


def main() -> None:
    ART.mkdir(exist_ok=True)
    for name, sign in _SIGNS.items():
        glyph = Glyph()
        sign(glyph)
        drawn = glyph.on_a_disc().quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        drawn.save(ART / f"social-{name}.png", optimize=True)
    for name, (draw, size, ground) in _PICTURES.items():
        sheet = Sheet(*size, ground)
        draw(sheet)
        small = sheet.image.resize(size, Image.Resampling.LANCZOS)
        small.quantize(_COLOURS, dither=Image.Dither.NONE).save(ART / f"inks-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
