"""Bytes of anybody's file to a picture that every mail program shows. Pure; runs in the child alone."""

import warnings
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from accounts.pictures.redrawing import Box, Drawn, Recipe, Refused

MAX_PIXELS = 40_000_000
MAX_FRAMES = 200
_MOVING_PIXELS = 80_000_000  # of all frames as they are kept
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_TOO_WIDE = 4  # heights per width that are kept
_QUALITY = 85
_MUCH_LARGER = 1.5  # a PNG above so many times the JPEG holds a photo
_PALETTE = 256
Size = tuple[int, int]


def redraw(data: bytes, recipe: Recipe) -> Drawn:
    """Raises Refused; MemoryError is the caller's."""
    if problem := _of_another_kind(data[:64]):
        raise Refused(problem)
    Pillow.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pillow.DecompressionBombWarning)
            with Pillow.open(BytesIO(data), formats=_FORMATS) as picture:
                moves = picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1 and not recipe.is_png
                return _animated(picture, recipe) if moves else _still(picture, recipe)
    except Refused:
        raise
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        raise Refused(
            f"This picture has more than {MAX_PIXELS // 1_000_000} million pixels. Export it smaller and try again."
        ) from None
    except UnidentifiedImageError:
        raise Refused("This is not a picture we can use. Take a PNG, JPEG, GIF or WebP file.") from None
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError) as error:
        raise Refused("This picture is damaged or breaks off. Export it again and retry.") from error


def _of_another_kind(start: bytes) -> str:
    """Files that people mean well with, and what to do with each."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        return "SVG is refused: mail programs do not show it, and it can carry scripts. Export it as PNG."
    if start[4:8] == b"ftyp":
        if start[8:12] in {b"avif", b"avis"}:
            return "Mail programs do not show AVIF. Export it as JPEG or PNG."
        if start[8:12] in {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}:
            return "Mail programs do not show HEIC, the format of iPhones. Export the photo as JPEG."
        return "This is a film. Take a picture of it and link that to where the film plays."
    for sign, words in (
        (b"%pdf", "This is a PDF. Export its page as PNG or JPEG."),
        (b"8bps", "This is a Photoshop file. Export it as PNG or JPEG."),
        (b"bm", "Windows bitmaps are not a picture we can use in mails. Save it as PNG."),
        (b"ii*\0", "Mail programs do not show TIFF. Export it as JPEG or PNG."),
        (b"mm\0*", "Mail programs do not show TIFF. Export it as JPEG or PNG."),
        (b"pk\x03\x04", "This is a ZIP file. Unpack it and choose the pictures in it."),
    ):
        if start.lower().startswith(sign):
            return words
    return ""


def _still(picture: Pillow.Image, recipe: Recipe) -> Drawn:
    if not recipe.crop:
        picture.draft("RGB", (recipe.max_width * 2, recipe.max_width * 2 * _TOO_WIDE))  # JPEG: decoded smaller
    original = _upright_size(picture, picture.size)
    is_jpeg = picture.format in {"JPEG", "MPO"}  # MPO: a JPEG with others behind it, as telephones write
    if is_jpeg and not recipe.crop:
        original = _upright_size(picture, _full_size(picture))
    upright = ImageOps.exif_transpose(picture)
    has_holes = upright.has_transparency_data
    plain = _fitted(_coloured(upright, "RGBA" if has_holes else "RGB"), original, recipe)
    plain.info = {}  # what a file says of itself beside its pixels: places, names, programs
    if has_holes or recipe.is_png:
        data, suffix = _png(plain), "png"
    elif is_jpeg:
        data, suffix = _jpeg(plain), "jpg"
    else:
        data, suffix = _smaller(plain)
    return Drawn(data, suffix, *plain.size, 1, *original)


def _full_size(picture: Pillow.Image) -> Size:
    """The size that was there before `draft`, which the decoder knows only as a scale."""
    scale = getattr(picture, "decoderconfig", (1,))
    factor = scale[0] if scale and scale[0] in {1, 2, 4, 8} else 1
    return picture.size if factor == 1 else (picture.width * factor, picture.height * factor)


def _upright_size(picture: Pillow.Image, size: Size) -> Size:
    lies = picture.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    return (size[1], size[0]) if lies else size


def _coloured(picture: Pillow.Image, mode: str) -> Pillow.Image:
    """In sRGB, since mail programs ignore profiles; 16 bits a colour become eight."""
    if picture.mode.startswith("I"):
        picture = picture.point(lambda value: value / 256).convert("L")
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = "RGBA" if picture.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=target)
            picture = converted or picture
    return picture if picture.mode == mode else picture.convert(mode)


def _fitted(picture: Pillow.Image, original: Size, recipe: Recipe) -> Pillow.Image:
    if recipe.crop:
        picture = picture.crop(_edges(recipe.crop, original))
    copy = picture if picture.readonly == 0 else picture.copy()
    copy.thumbnail((recipe.max_width, recipe.max_height or recipe.max_width * _TOO_WIDE))
    return copy


def _edges(crop: Box, size: Size) -> Box:
    left, top = min(max(crop[0], 0), size[0] - 1), min(max(crop[1], 0), size[1] - 1)
    return left, top, min(left + max(crop[2], 1), size[0]), min(top + max(crop[3], 1), size[1])


def _smaller(picture: Pillow.Image) -> tuple[bytes, str]:
    """By what is in it: drawings and letters stay sharp as PNG, photos become JPEG."""
    png, jpeg = _png(picture), _jpeg(picture)
    return (jpeg, "jpg") if len(png) > len(jpeg) * _MUCH_LARGER and not _has_few_colours(picture) else (png, "png")


def _has_few_colours(picture: Pillow.Image) -> bool:
    return picture.getcolors(_PALETTE) is not None


def _png(picture: Pillow.Image) -> bytes:
    small = picture.quantize(_PALETTE) if picture.mode == "RGB" and _has_few_colours(picture) else picture
    return _written(lambda out: small.save(out, "PNG", optimize=True))


def _jpeg(picture: Pillow.Image) -> bytes:
    return _written(lambda out: picture.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True))


def _written(write: Callable[[BytesIO], None]) -> bytes:
    out = BytesIO()
    write(out)
    return out.getvalue()


def _animated(picture: Pillow.Image, recipe: Recipe) -> Drawn:
    count, original = getattr(picture, "n_frames", 1), picture.size
    width, height = (recipe.crop[2], recipe.crop[3]) if recipe.crop else original
    shrunk = min(1.0, recipe.max_width / max(width, 1)) ** 2
    if count > MAX_FRAMES or count * width * height * shrunk > _MOVING_PIXELS:
        raise Refused(f"This animation has {count} frames: at most {MAX_FRAMES} are kept, fewer of a large picture.")
    if count * original[0] * original[1] > 4 * MAX_PIXELS:
        raise Refused("This animation has too many pixels. Export it smaller or shorter.")
    frames, spans, has_holes = [], [], False
    for frame in ImageSequence.Iterator(picture):
        drawn = _fitted(frame.convert("RGBA"), original, recipe)
        has_holes = has_holes or any(drawn.getchannel("A").histogram()[:255])
        drawn.info = {}
        frames.append(drawn)
        spans.append(int(frame.info.get("duration", 100)) or 100)
    if not has_holes:  # then only what changes from frame to frame is stored
        frames = [frame.convert("RGB") for frame in frames]
    loop = int(picture.info.get("loop", 0))
    out = BytesIO()
    frames[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=spans,
        loop=loop,
        disposal=2 if has_holes else 0,
    )
    return Drawn(out.getvalue(), "gif", *frames[0].size, count, *original)
