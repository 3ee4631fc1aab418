"""Pictures of videos with a play sign drawn onto them, at addresses beside those of the pictures."""

from io import BytesIO

from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw

from accounts.pictures import files
from campaigns.content.images import serving

_FOLDER = "images/played"
_SHARE = 0.16  # of the shorter side
_FINER = 4


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse:
    """Public: GET /i/play/<name>. Drawn at the first request for it."""
    response = serving.serve(request, name)
    kept = f"{_FOLDER}/{name}"
    if response.status_code != 200:
        return response
    if not files.kept().exists(kept):
        files.kept().save(kept, ContentFile(with_sign(response.content)))
    with files.kept().open(kept) as file:
        response.content = file.read()
    return response


def with_sign(picture: bytes) -> bytes:
    """In the picture's own format; of a moving one its first frame."""
    with Image.open(BytesIO(picture)) as opened:
        shape, drawn = opened.format, opened.convert("RGBA")
    radius = round(min(drawn.size) * _SHARE)
    sign = _sign(radius)
    drawn.alpha_composite(sign, ((drawn.width - sign.width) // 2, (drawn.height - sign.height) // 2))
    out = BytesIO()
    (drawn if shape == "PNG" else drawn.convert("RGB")).save(out, shape, quality=85)
    return out.getvalue()


def _sign(radius: int) -> Image.Image:
    """A white triangle on a dark disc, which shows on any picture."""
    size = 2 * radius * _FINER
    large = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(large)
    pen.ellipse((0, 0, size - 1, size - 1), fill=(20, 22, 26, 190), outline=(255, 255, 255, 230), width=size // 28)
    left, top, right = size * 0.40, size * 0.30, size * 0.72
    pen.polygon([(left, top), (left, size - top), (right, size / 2)], fill=(255, 255, 255, 255))
    return large.resize((2 * radius, 2 * radius), Image.Resampling.LANCZOS)
