"""Colours of a mail: what reads on what (WCAG 2)."""

from functools import lru_cache

PAPER, INK, MUTED, LINE = "#ffffff", "#23262b", "#5f6368", "#dedbd5"
DARK = "#262a30"  # the lighter of the two surfaces a dark mail is set on


_BLACK = "#000000"
_READABLE = 4.5  # WCAG 2.2, 1.4.3
_SURVIVES = 3.0  # of what programs invert, each a little differently
# hue-rotate(180deg) of Filter Effects 1.
_HALF_TURN = ((-0.574, 1.43, 0.144), (0.426, 0.43, 0.144), (0.426, 1.43, -0.856))
_LINK = "#0000ee"  # of mail programs that know no style sheet


@lru_cache(maxsize=512)
def on(colour: str) -> str:
    """Ink that reads on a surface of this colour, and as well as any when a program inverts both."""
    inks = sorted((PAPER, INK), key=lambda ink: -contrast(colour, ink))
    read = [ink for ink in (*inks, _BLACK) if contrast(colour, ink) >= _READABLE]
    return max(read, key=lambda ink: min(contrast_inverted(colour, ink), _READABLE))


@lru_cache(maxsize=512)
def inverted(colour: str) -> str:
    """As a program shows it that turns light mails dark by force: light for dark, the hue kept."""
    turned = [255 - channel for channel in _channels(colour)]
    rows = (sum(share * channel for share, channel in zip(row, turned, strict=True)) for row in _HALF_TURN)
    return "#" + "".join(f"{round(min(255, max(0, channel))):02x}" for channel in rows)


def contrast_inverted(one: str, other: str) -> float:
    return contrast(inverted(one), inverted(other))


def survives(ink: str, ground: str) -> bool:
    """Whether the ink still reads on the ground when a program inverts both."""
    return contrast_inverted(ink, ground) >= _SURVIVES


@lru_cache(maxsize=512)
def surviving(ground: str) -> str:
    """The colour, or as much darker as it takes for words to be read on it, inverted or not."""
    while not survives(on(ground), ground):
        ground = mixed(ground, 0.94, _BLACK)
    return ground


@lru_cache(maxsize=512)
def readable(colour: str, ground: str) -> str:
    """The colour, or as much darker or lighter as it takes to be read on the ground."""
    towards = "#000000" if contrast("#000000", ground) >= contrast("#ffffff", ground) else "#ffffff"
    while contrast(colour, ground) < _READABLE:
        colour = mixed(colour, 0.88, towards)
    return colour


def needs_link_colour(ground: str) -> bool:
    """Whether a link left to the mail program cannot be read on the ground."""
    return contrast(_LINK, ground) < _READABLE


def readable_on_light(colour: str) -> str:
    return readable(colour, PAPER)


def readable_on_dark(colour: str) -> str:
    while contrast(colour, DARK) < 4.8:
        colour = mixed(colour, 0.88)
    return colour


@lru_cache(maxsize=512)
def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours as #rrggbb."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (channel / 255 for channel in _channels(colour))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=512)
def mixed(colour: str, share: float, ground: str = "#ffffff") -> str:
    """`share` of the colour on the ground."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(over * share + under * (1 - share)):02x}" for over, under in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
