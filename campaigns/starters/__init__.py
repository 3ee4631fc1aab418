"""Finished mails to begin with: data in `documents/`, pictures of ours in `art/`, served like everybody's images."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from accounts.colours import INK
from accounts.models import BrandKit, Organisation
from campaigns.content import blocks
from campaigns.content.blocks import Document
from campaigns.starters import colouring

_HERE = Path(__file__).parent
_UNDECIDED = str(BrandKit._meta.get_field("colour").default)
_ART = re.compile(r"starter-[a-z]{1,20}\.png")


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
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    kit = kit or (organisation.own_brand if organisation else BrandKit())
    return [_load(path, base, kit) for path in sorted((_HERE / "documents").glob("*.json"))]


def get(key: str, kit: BrandKit | None = None) -> Starter:
    """Raises KeyError."""
    return {starter.key: starter for starter in all(kit)}[key]


def art(name: str) -> bytes | None:
    """The picture by the name in its address; None if it is none of ours."""
    path = _HERE / "art" / name
    return path.read_bytes() if _ART.fullmatch(name) and path.is_file() else colouring.drawn(name)


def dressed(document: Document, kit: BrandKit) -> Document:
    """Without what the template only suggests and the brand has decided."""
    has_colours = kit.colour != _UNDECIDED or any(getattr(kit, name) for name in ("accent", "background", "ink"))
    dropped = {*(kit.COLOURS if has_colours else ()), *(("corners",) if kit.corners else ())}
    dropped |= {"heading_font", "body_font"} if kit.heading_font or kit.body_font else set()
    style = {name: value for name, value in document["style"].items() if name not in dropped}
    return blocks.validate(document | {"style": style})


def _load(path: Path, base: str, kit: BrandKit) -> Starter:
    data = json.loads(path.read_text(encoding="utf-8"))
    document: Document = data["document"]
    brand = kit if dressed(document, kit)["style"]["colour"] == "" else None
    main = brand.colour if brand else document["style"].get("colour") or _UNDECIDED
    second = (brand.accent if brand else document["style"].get("accent")) or INK
    for number, block in enumerate(blocks.walk(document)):
        block["id"] = f"b{number}"
        picture = block.get("image", "")
        if picture.startswith("art:"):
            block["image"] = f"{base}/i/{colouring.name(picture.removeprefix('art:'), main, second)}"
    return Starter(**{**data, "document": dressed(document, kit)})
