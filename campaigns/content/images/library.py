"""The image library: pictures taken in, cropped, replaced and removed. What was uploaded is kept, mails get a copy."""

from typing import IO

from django.db import transaction

from accounts.models import User
from accounts.pictures import asking, files
from accounts.pictures.redrawing import Drawn, Recipe, Refused
from campaigns.content import playing
from campaigns.content.images import uses
from campaigns.models import Image, ImageFolder

__all__ = ["MAX_BYTES", "InUse", "Refused", "address", "change", "delete", "replace", "store"]

MAX_BYTES = 10_000_000
SMALLEST, LARGEST = 16, 1_200
Crop = tuple[int, int, int, int]


class InUse(Exception):
    """Mails show it. `uses` says which."""

    def __init__(self, found: list[uses.Use]) -> None:
        super().__init__("in use")
        self.uses = found


def store(
    uploaded: IO[bytes],
    name: str,
    alt: str,
    by: User | None,
    *,
    folder: ImageFolder | None = None,
) -> Image:
    """Draw the picture anew, so that nothing but pixels gets in, and keep it under a random name. Raises Refused."""
    data = _read(uploaded)
    drawn = asking.redrawn(data)
    stored = files.save(drawn.data, drawn.suffix)
    return Image.objects.create(
        name=name.replace("\0", "")[:200] or "picture",
        storage_name=stored,
        whole_name=stored,
        original_path=files.save_original(data),
        alt=alt.replace("\0", "")[:300],
        folder=folder,
        created_by=by,
        **_measures(drawn),
    )


def change(image: Image, *, crop: Crop | None, max_width: int, by: User) -> int:
    """Draw it anew from the original; drafts show it from now on. How many drafts those were. Raises Refused."""
    if not image.original_path:  # from before originals were kept
        image.original_path, image.whole_name = files.public_path(image.storage_name), image.storage_name
    whole = image.whole
    kept = None if crop is None or crop == (0, 0, *whole) else crop
    recipe = Recipe(max_width=min(max(max_width, SMALLEST), LARGEST), crop=kept)
    drawn = asking.redrawn(files.read(image.original_path), recipe)
    image.crop, image.max_width = list(kept) if kept else None, recipe.max_width
    return _renew(image, drawn, by)


def replace(image: Image, uploaded: IO[bytes], by: User) -> int:
    """Another picture in its place, in all drafts; mails already sent keep the old one. Raises Refused."""
    data = _read(uploaded)
    drawn = asking.redrawn(data)
    before, image.original_path = image.original_path, files.save_original(data)
    image.crop, image.max_width, image.focal_x, image.focal_y = None, LARGEST, 50, 50
    image.whole_name = ""
    count = _renew(image, drawn, by)
    if before not in map(files.public_path, image.all_names):
        files.delete(before)
    return count


def delete(image: Image) -> None:
    """Its files too. Raises InUse: mails that show it would break."""
    if found := uses.of(image):
        raise InUse(found)
    names, original = image.all_names, image.original_path
    image.delete()
    files.delete(*map(files.public_path, names), *map(playing.path, names), original)


def address(base: str, image: Image) -> str:
    return files.address(base, image.storage_name)


def _read(uploaded: IO[bytes]) -> bytes:
    data = uploaded.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused(f"This file is larger than {MAX_BYTES // 1_000_000} MB. Export it smaller and try again.")
    return data


def _renew(image: Image, drawn: Drawn, by: User) -> int:
    """Files of before stay: mails that were sent, and steps of Undo, show them."""
    before = image.storage_name
    image.earlier_names = [*image.earlier_names, before]
    image.storage_name = files.save(drawn.data, drawn.suffix)
    image.whole_name = image.whole_name or image.storage_name
    for name, value in _measures(drawn).items():
        setattr(image, name, value)
    with transaction.atomic():
        image.save()
        return uses.rename(before, image.storage_name, by=by)


def _measures(drawn: Drawn) -> dict[str, int]:
    return {
        "width": drawn.width,
        "height": drawn.height,
        "size_bytes": len(drawn.data),
        "frames": drawn.frames,
        "original_width": drawn.original_width,
        "original_height": drawn.original_height,
    }
