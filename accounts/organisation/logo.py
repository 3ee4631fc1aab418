"""The organisation's logo: taken in by drawing it anew, so that only pixels get through."""

from typing import IO

from accounts.pictures import asking, files
from accounts.pictures.redrawing import Recipe, Refused

__all__ = ["LARGEST_BYTES", "Refused", "store"]

LARGEST_BYTES = 5 * 2**20
_BOX = Recipe(max_width=1_200, max_height=400, is_png=True)


def store(uploaded: IO[bytes]) -> str:
    """Its name under /i/: a PNG of at most 1200 x 400 pixels among the pictures of mails. Raises Refused."""
    content = uploaded.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise Refused("The file is larger than 5 MB. Save the logo smaller, 1200 pixels wide is plenty.")
    drawn = asking.redrawn(content, _BOX)
    return files.save(drawn.data, drawn.suffix)
