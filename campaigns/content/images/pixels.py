"""How large pictures of ours are, by which a mail keeps their room free until they are loaded.

One from elsewhere is never asked for its size while somebody writes: it has a width alone, from which every program,
Outlook too, works out the height as soon as it has the picture.
"""

from functools import lru_cache

from accounts.pictures import files
from campaigns.content.blocks import Document, walk
from campaigns.models import Image

Size = tuple[int, int]  # width, height


class _Unknown(LookupError):
    """Not kept: it may be there the next time."""


def of(document: Document, logo_url: str = "") -> dict[str, Size]:
    """By the names of their files. A file never changes, so each is looked up once. `logo_url`: of the brand."""
    names = {name for block in walk(document) if (name := files.name_in(block.get("image", "")))}
    sizes = {}
    for name in names:
        try:
            sizes[name] = _of(name)
        except _Unknown:
            continue
    if (name := files.name_in(logo_url)) and (size := _of_logo(name)):
        sizes[name] = size
    return sizes


@lru_cache(maxsize=2048)
def _of(name: str) -> Size:
    size = Image.objects.filter(storage_name=name).values_list("width", "height").first()
    if size is None:
        raise _Unknown(name)
    return size


@lru_cache(maxsize=64)
def _of_logo(name: str) -> Size | None:
    """Logos are no pictures of the library; the file of one says it. None is kept as well: only its room is lost."""
    from PIL import Image as Picture

    try:
        with files.kept().open(files.public_path(name)) as file, Picture.open(file) as picture:
            return picture.size
    except OSError:
        return None
