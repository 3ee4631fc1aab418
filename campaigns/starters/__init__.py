"""Finished mails to begin with: data in `documents/`, pictures of ours in `art/`, served like everybody's images."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from accounts.models import Organisation
from campaigns.content import blocks
from campaigns.content.blocks import Document

_HERE = Path(__file__).parent
_ART = re.compile(r"starter-[a-z]{1,20}\.png")


@dataclass(frozen=True, slots=True)
class Starter:
    key: str
    name: str
    description: str
    subject: str
    preheader: str
    document: Document


def all() -> list[Starter]:
    """In the order they are shown, pictures with addresses that recipients reach."""
    organisation = Organisation.get()
    base = organisation.public_address if organisation else ""
    return [_load(path, base) for path in sorted((_HERE / "documents").glob("*.json"))]


def get(key: str) -> Starter:
    """Raises KeyError."""
    return {starter.key: starter for starter in all()}[key]


def art(name: str) -> Path | None:
    """The file of a picture by the name in its address."""
    path = _HERE / "art" / name
    return path if _ART.fullmatch(name) and path.is_file() else None


def _load(path: Path, base: str) -> Starter:
    data = json.loads(path.read_text(encoding="utf-8"))
    for block in blocks.walk(data["document"]):
        picture = block.get("image", "")
        if picture.startswith("art:"):
            block["image"] = f"{base}/i/starter-{picture.removeprefix('art:')}.png"
    return Starter(**{**data, "document": blocks.validate(data["document"])})
