"""Pictures of videos with a play sign drawn onto them, at addresses beside those of the pictures."""

from io import BytesIO
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.pictures import files
from campaigns.content.images import serving

if TYPE_CHECKING:
    from PIL import Image

_FOLDER = "images/played"
_SHARE = 0.16  # of the shorter side
_FINER = 4


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse:
    """Public: GET /i/play/<name>."""
    return serving.answer(name, played(name))


def played(name: str) -> bytes | None:
    """The picture of that name with the sign on it; None where there is none.

    One of the library is drawn once and kept. Those of our templates are not: there are as many as colours, and
    anybody may ask for each.
    """
    is_kept = files.NAME.fullmatch(name) is not None
    if is_kept:
        try:
            return files.read(path(name))
        except FileNotFoundError:  # not asked for before
            pass
    picture = serving.content(name)
    if picture is None:
        return None
    drawn = with_sign(picture)
    if is_kept:
        files.kept().save(path(name), ContentFile(drawn))
    return drawn


def path(name: str) -> str:
    """Where the picture of that name is kept with its sign."""
    return f"{_FOLDER}/{name}"


def with_sign(picture: bytes) -> bytes:
    """In the picture's own format; of a moving one its first frame."""
    from PIL import Image  # in no process before somebody asks for such a picture

    with Image.open(BytesIO(picture)) as opened:
        shape, drawn = opened.format, opened.convert("RGBA")
    radius = round(min(drawn.size) * _SHARE)
    if not radius:  # a picture of a few pixels has no room for it
        return picture
    sign = _sign(radius)
    drawn.alpha_composite(sign, ((drawn.width - sign.width) // 2, (drawn.height - sign.height) // 2))
    out = BytesIO()
    (drawn if shape == "PNG" else drawn.convert("RGB")).save(out, shape, quality=85)
    return out.getvalue()


def _sign(radius: int) -> "Image.Image":
    """A white triangle on a dark disc, which shows on any picture."""
    from PIL import Image, ImageDraw

    size = 2 * radius * _FINER
    large = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(large)
    pen.ellipse((0, 0, size - 1, size - 1), fill=(20, 22, 26, 190), outline=(255, 255, 255, 230), width=size // 28)
    left, top, right = size * 0.40, size * 0.30, size * 0.72
    pen.polygon([(left, top), (left, size - top), (right, size / 2)], fill=(255, 255, 255, 255))
    return large.resize((2 * radius, 2 * radius), Image.Resampling.LANCZOS)
