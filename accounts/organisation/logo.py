"""The organisation's logo: taken in by drawing it anew, so that only pixels get through."""

import io
import secrets
import warnings
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, UnidentifiedImageError

FOLDER = "images"
LARGEST_BYTES = 5 * 2**20
_LARGEST_PIXELS = 40_000_000
_BOX = (1200, 400)
_TOO_MANY = "The picture has too many pixels. Save it smaller, 1200 pixels wide is plenty."


class Refused(ValueError):
    """Not a logo. The text may be shown."""


def store(uploaded: IO[bytes]) -> str:
    """Its name under /i/: a PNG of at most 1200 x 400 pixels, in the folder that public pictures are served from."""
    content = uploaded.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise Refused("The file is larger than 5 MB. Save the logo smaller, 1200 pixels wide is plenty.")
    drawn = io.BytesIO()
    _draw(content).save(drawn, "PNG", optimize=True)
    name = f"{secrets.token_urlsafe(16)}.png"
    default_storage.save(f"{FOLDER}/{name}", ContentFile(drawn.getvalue()))
    return name


def _draw(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "GIF", "WEBP"])
            if image.width * image.height > _LARGEST_PIXELS:
                raise Refused(_TOO_MANY)
            picture = image.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_TOO_MANY) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as problem:
        if isinstance(problem, Refused):
            raise
        raise Refused("This is no picture we can read. Use a PNG, JPEG, GIF or WebP file.") from problem
    picture.thumbnail(_BOX)
    return picture
