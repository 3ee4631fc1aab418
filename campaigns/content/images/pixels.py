"""How large the pictures of the library are, by which a mail keeps their room free until they are loaded."""

from functools import lru_cache

from accounts.pictures import files
from campaigns.content.blocks import Document, walk
from campaigns.models import Image

Size = tuple[int, int]  # width, height


class _Unknown(LookupError):
    """Not kept: it may be there the next time."""


def of(document: Document) -> dict[str, Size]:
    """By the names of their files. A file never changes, so each is looked up once."""
    names = {name for block in walk(document) if (name := files.name_in(block.get("image", "")))}
    sizes = {}
    for name in names:
        try:
            sizes[name] = _of(name)
        except _Unknown:
            continue
    return sizes


@lru_cache(maxsize=2048)
def _of(name: str) -> Size:
    size = Image.objects.filter(storage_name=name).values_list("width", "height").first()
    if size is None:
        raise _Unknown(name)
    return size
