"""Finished mails to begin with: data in `documents/`, pictures of ours in `art/`, served like everybody's images."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from accounts.brands.colours import INK
from accounts.models import BrandKit, Organisation
from campaigns.content import blocks
from campaigns.content.blocks import Block, Document
from campaigns.starters import colouring

_HERE = Path(__file__).parent
_SENTENCE = 25  # characters
_WRITTEN = frozenset({"heading", "text", "quote"})
_UNDECIDED = str(BrandKit._meta.get_field("colour").default)


@dataclass(frozen=True, slots=True)
class Starter:
    key: str
    name: str
    description: str
    subject: str
    preheader: str
    document: Document


def all(kit: BrandKit | None = None) -> list[Starter]:
    """In the order of the gallery, in the brand `kit` (empty: the organisation's), pictures with public addresses."""
    return _loaded(_paths().values(), kit)


def get(key: str, kit: BrandKit | None = None) -> Starter:
    """Raises KeyError."""
    return _loaded([_paths()[key]], kit)[0]


@cache
def names() -> Mapping[str, str]:
    """Of all of them, by key."""
    return {key: json.loads(path.read_text(encoding="utf-8"))["name"] for key, path in _paths().items()}


@cache
def sentences() -> frozenset[str]:
    """The subjects and texts of all of them as a draft keeps them, but for words that anybody might choose."""
    data = [json.loads(path.read_text(encoding="utf-8")) for path in _paths().values()]
    found = {one["subject"] for one in data}
    for one in data:
        found.update(words_of(blocks.walk(blocks.validate(one["document"]))).values())
    return frozenset(words for words in found if len(words) >= _SENTENCE)


def words_of(document: Iterable[Block]) -> dict[str, str]:
    """What its authors wrote in headings, texts and quotes, by the ids of the blocks."""
    written = (block for block in document if block["kind"] in _WRITTEN)
    return {block["id"]: block.get("html") or block.get("text", "") for block in written}


def art(name: str) -> bytes | None:
    """The picture by the name in its address; None if it is none of ours."""
    return colouring.drawn(name)


def dressed(document: Document, kit: BrandKit) -> Document:
    """Without what the template only suggests and the brand has decided."""
    return blocks.validate(document | {"style": _left_of(document["style"], kit)})


def _left_of(style: dict[str, str], kit: BrandKit) -> dict[str, str]:
    has_colours = kit.colour != _UNDECIDED or any(getattr(kit, name) for name in ("accent", "background", "ink"))
    dropped = {*(kit.COLOURS if has_colours else ()), *(("corners",) if kit.corners else ())}
    dropped |= {"heading_font", "body_font"} if kit.heading_font or kit.body_font else set()
    return {name: value for name, value in style.items() if name not in dropped}


def _paths() -> dict[str, Path]:
    """By the keys of the templates, in the order of the gallery: files are called `<number>-<key>.json`."""
    return {path.stem.partition("-")[2]: path for path in sorted((_HERE / "documents").glob("*.json"))}


def _loaded(paths: Iterable[Path], kit: BrandKit | None) -> list[Starter]:
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    kit = kit or (organisation.own_brand if organisation else BrandKit())
    return [_load(path, base, kit) for path in paths]


def _load(path: Path, base: str, kit: BrandKit) -> Starter:
    data = json.loads(_read(path))
    style = _left_of(data["document"]["style"], kit)
    main = style.get("colour") or kit.colour
    second = (style.get("accent") if style.get("colour") else kit.accent) or INK
    document = json.loads(_coloured(path, base, main, second)) | {"style": blocks.validate({"style": style})["style"]}
    return Starter(**data | {"document": document})


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=200)
def _coloured(path: Path, base: str, main: str, second: str) -> str:
    """The document in full, as JSON: whoever gets it may change it. Cleaning its texts takes a while."""
    document: Document = json.loads(_read(path))["document"]
    for number, block in enumerate(blocks.walk(document)):
        block["id"] = f"b{number}"
        picture = block.get("image", "")
        if picture.startswith("art:"):
            block["image"] = f"{base}/i/{colouring.name(picture.removeprefix('art:'), main, second)}"
    return json.dumps(blocks.validate(document))
