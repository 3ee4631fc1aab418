"""Pictures in mails: taken in by drawing them anew, served from an address that never changes."""

import re
import secrets
import warnings
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from PIL import Image as Pillow
from PIL import ImageOps, ImageSequence, UnidentifiedImageError

from accounts.models import User
from campaigns import starters
from campaigns.models import Image

MAX_BYTES = 10_000_000
MAX_PIXELS = 40_000_000
MAX_FRAMES = 200
_MAX_WIDTH = 1_200  # twice the width of a mail: sharp on fine screens
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_FOLDER = "images"
_NAME = re.compile(r"[A-Za-z0-9_-]{22}\.(png|jpg|gif)")
_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}


class Refused(ValueError):
    """Not a picture we take. Its text may be shown."""


def store(uploaded: IO[bytes], name: str, alt: str, by: User | None) -> Image:
    """Draw the picture anew, so that nothing but pixels gets in, and keep it under a random name. Raises Refused."""
    data = uploaded.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused(f"This file is larger than {MAX_BYTES // 1_000_000} MB. Export it smaller and try again.")
    drawn, suffix, size = _drawn(data)
    stored = f"{secrets.token_urlsafe(16)}.{suffix}"
    default_storage.save(f"{_FOLDER}/{stored}", ContentFile(drawn))
    return Image.objects.create(
        name=name.replace("\0", "")[:200] or "picture",
        storage_name=stored,
        alt=alt.replace("\0", "")[:300],
        width=size[0],
        height=size[1],
        size_bytes=len(drawn),
        created_by=by,
    )


def address(base: str, image: Image) -> str:
    return f"{base}/i/{image.storage_name}"


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse:
    """Public: GET /i/<name>. A name never gets other content, so whoever has it need not ask again."""
    with _open(name) as file:
        response = HttpResponse(file.read(), content_type=_TYPES[name.rpartition(".")[2]])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _open(name: str) -> IO[bytes]:
    if drawn_by_us := starters.art(name):
        return BytesIO(drawn_by_us)
    if not _NAME.fullmatch(name):
        raise Http404
    try:
        return default_storage.open(f"{_FOLDER}/{name}")
    except FileNotFoundError:
        raise Http404 from None


def delete(image: Image) -> None:
    """The file too: mails already sent lose the picture."""
    default_storage.delete(f"{_FOLDER}/{image.storage_name}")
    image.delete()


def _drawn(data: bytes) -> tuple[bytes, str, tuple[int, int]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            with Pillow.open(BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise Refused(_too_many_pixels(picture))
                return _animated(picture) if getattr(picture, "n_frames", 1) > 1 else _still(picture)
    except Refused:
        raise
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise Refused("This picture has far too many pixels. Export it smaller and try again.") from None
    except UnidentifiedImageError:
        raise Refused("This is not a picture we can use. Take a PNG, JPEG, GIF or WebP file.") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise Refused("This picture is damaged. Export it again and retry.") from error


def _still(picture: Pillow.Image) -> tuple[bytes, str, tuple[int, int]]:
    """A PNG stays one, and so does what has transparency; everything else becomes a JPEG, which every mailbox shows."""
    as_png = picture.format in {"PNG", "GIF"} or picture.has_transparency_data
    upright = ImageOps.exif_transpose(picture).convert("RGBA" if picture.has_transparency_data else "RGB")
    upright.thumbnail((_MAX_WIDTH, _MAX_WIDTH * 4))
    out = BytesIO()
    if as_png:
        upright.save(out, "PNG", optimize=True)
    else:
        upright.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return out.getvalue(), "png" if as_png else "jpg", upright.size


def _animated(picture: Pillow.Image) -> tuple[bytes, str, tuple[int, int]]:
    count = getattr(picture, "n_frames", 1)
    if count > MAX_FRAMES or count * picture.width * picture.height > 4 * MAX_PIXELS:
        raise Refused(f"This animation is too long. {MAX_FRAMES} frames are the most.")
    frames, spans = [], []
    for frame in ImageSequence.Iterator(picture):
        copy = frame.convert("RGBA")
        copy.thumbnail((_MAX_WIDTH, _MAX_WIDTH * 4))
        frames.append(copy)
        spans.append(int(frame.info.get("duration", 100)) or 100)
    out = BytesIO()
    loop = int(picture.info.get("loop", 0))
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=spans, loop=loop, disposal=2)
    return out.getvalue(), "gif", frames[0].size


def _too_many_pixels(picture: Pillow.Image) -> str:
    return f"{picture.width:,} by {picture.height:,} pixels are more than a mail can use. Export it smaller."
