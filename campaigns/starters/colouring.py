"""The pictures of the templates and of social links in a brand's colours. Pure.

Their files say how much of which ink is where.
"""

import re
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from zlib import crc32

_ART = Path(__file__).parent / "art"
_NAME = re.compile(r"(starter|social)-([a-z]{1,20})-([0-9a-f]{6})([0-9a-f]{6})\.png")
_FILES = {"starter": "inks", "social": "social"}
_PLAIN = re.compile(r"starter-[a-z]{1,20}\.png")  # in colours of its own
_SIGNATURE, _HEADER = 8, 24


def name(picture: str, main: str, second: str) -> str:
    """Its file's name in these colours (#rrggbb), as it stands in the address."""
    return f"starter-{picture}-{main[1:]}{second[1:]}.png"


def recoloured(address: str, main: str, second: str) -> str:
    """The address of the same picture in these colours; of any other picture the address as it is."""
    base, slash, last = address.rpartition("/")
    found = _NAME.fullmatch(last)
    if found is None or found[1] != "starter" or not base.endswith("/i"):
        return address
    return f"{base}{slash}{name(found[2], main, second)}"


@lru_cache(maxsize=256)
def size(name: str) -> tuple[int, int] | None:
    """Width and height of the picture of that name; None if there is no such picture."""
    path = _file(name)
    if path is None:
        return None
    with path.open("rb") as file:
        width, height = struct.unpack(">II", file.read(_HEADER)[-8:])
    return width, height


@lru_cache(maxsize=64)
def drawn(name: str) -> bytes | None:
    """The PNG of that name; None if there is no such picture."""
    found, path = _NAME.fullmatch(name), _file(name)
    if path is None:
        return None
    png = path.read_bytes()
    return _with_palette(png, _channels(found[3]), _channels(found[4])) if found else png


def _file(name: str) -> Path | None:
    """What it is drawn from."""
    found = _NAME.fullmatch(name)
    if not (found or _PLAIN.fullmatch(name)):
        return None
    path = _ART / (f"{_FILES[found[1]]}-{found[2]}.png" if found else name)
    return path if path.is_file() else None


def _with_palette(png: bytes, main: list[int], second: list[int]) -> bytes:
    """Only the palette is written anew: the pixels, and so the picture's size, stay."""
    out = [png[:_SIGNATURE]]
    for kind, data in _chunks(png):
        if kind == b"PLTE":
            triples = zip(data[0::3], data[1::3], data[2::3], strict=True)
            data = bytes(value for parts in triples for value in _mixed(parts, main, second))
        out += [len(data).to_bytes(4), kind, data, crc32(kind + data).to_bytes(4)]
    return b"".join(out)


def _mixed(parts: tuple[int, int, int], main: list[int], second: list[int]) -> Iterator[int]:
    of_main, of_second, of_white = parts
    for own, other in zip(main, second, strict=True):
        yield min(round((of_main * own + of_second * other) / 255 + of_white), 255)


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _SIGNATURE
    while at < len(png):
        size = int.from_bytes(png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += 12 + size


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (0, 2, 4)]
