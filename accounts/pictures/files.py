"""Files of pictures, on the disk or in a bucket (setting STORAGES["images"]), and their public addresses."""

import re
import secrets

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

NAME = re.compile(r"[A-Za-z0-9_-]{22}\.(png|jpg|gif)")
TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}
_PUBLIC, _ORIGINALS = "images", "originals"


def name_in(url: str) -> str:
    """Of the picture that an address leads to, whatever host it names; "" when it is none of ours."""
    name = url.rpartition("/")[2]
    return name if NAME.fullmatch(name) else ""


def kept() -> Storage:
    return storages["images"]


def public_path(name: str) -> str:
    return f"{_PUBLIC}/{name}"


def save(drawn: bytes, suffix: str) -> str:
    """A new name, which never gets other content."""
    name = f"{secrets.token_urlsafe(16)}.{suffix}"
    kept().save(public_path(name), ContentFile(drawn))
    return name


def save_original(data: bytes) -> str:
    """Its path. As it came, with all that it may say beside its pixels: never served."""
    return kept().save(f"{_ORIGINALS}/{secrets.token_urlsafe(16)}.bin", ContentFile(data))


def read(path: str) -> bytes:
    """Raises FileNotFoundError."""
    with kept().open(path) as file:
        data: bytes = file.read()
    return data


def delete(*paths: str) -> None:
    for path in filter(None, paths):
        kept().delete(path)


def address(base: str, name: str) -> str:
    """Where readers load it. `base`: the public address of the organisation."""
    return f"{settings.IMAGES_URL or f'{base}/i'}/{name}"
