"""Only pixels get in, and what got in is served for ever."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.http import Http404
from django.test import RequestFactory, override_settings
from PIL import Image as Pillow

from accounts.models import User
from campaigns.content import images


@pytest.fixture(autouse=True)
def media(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> BytesIO:
    out = BytesIO()
    Pillow.new(mode, size, "red").save(out, kind, **options)
    return BytesIO(out.getvalue())


def fetch(name: str) -> bytes:
    response = images.serve(RequestFactory().get(f"/i/{name}"), name)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    return response.content


def test_picture_is_drawn_anew_under_a_random_name(marketer: User) -> None:
    exif = Pillow.Exif()
    exif[0x010E] = "secret place"
    stored = images.store(picture("JPEG", exif=exif), "../../evil.php.jpg", "A red field", marketer)
    served = fetch(stored.storage_name)
    assert "evil" not in stored.storage_name
    assert b"secret place" not in served
    assert Pillow.open(BytesIO(served)).size == (40, 30)
    assert (stored.alt, stored.width, stored.height, stored.size_bytes) == ("A red field", 40, 30, len(served))


def test_transparency_is_kept(marketer: User) -> None:
    stored = images.store(picture("PNG", mode="RGBA"), "logo.png", "", marketer)
    assert stored.storage_name.endswith(".png")
    assert Pillow.open(BytesIO(fetch(stored.storage_name))).mode == "RGBA"


def test_wide_picture_is_made_smaller(marketer: User) -> None:
    stored = images.store(picture("PNG", (4000, 1000)), "wide.png", "", marketer)
    assert (stored.width, stored.height) == (1200, 300)


def test_animation_keeps_moving(marketer: User) -> None:
    frames = [Pillow.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50)
    stored = images.store(BytesIO(out.getvalue()), "move.gif", "", marketer)
    assert Pillow.open(BytesIO(fetch(stored.storage_name))).n_frames == 3  # type: ignore[attr-defined]


def test_script_hidden_behind_a_picture_does_not_survive(marketer: User) -> None:
    polyglot = BytesIO(picture("PNG").getvalue() + b"<script>alert(1)</script>")
    assert b"script" not in fetch(images.store(polyglot, "x.png", "", marketer).storage_name)


def _bomb() -> BytesIO:
    return picture("PNG", (20_000, 10_000), mode="1")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a picture"),
        (b"GIF89a/*<script>alert(1)</script>*/", "damaged|not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "not a picture"),
        (b"%PDF-1.4", "not a picture"),
        (picture("PNG").getvalue()[:60], "damaged"),
        (picture("BMP").getvalue(), "not a picture"),
        (b"x" * (images.MAX_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(marketer: User, data: bytes, words: str) -> None:
    with pytest.raises(images.Refused, match=words):
        images.store(BytesIO(data), "x.png", "", marketer)


def test_picture_that_would_fill_the_memory_is_refused(marketer: User) -> None:
    with pytest.raises(images.Refused, match="pixels"):
        images.store(_bomb(), "x.png", "", marketer)


@pytest.mark.parametrize("name", ["../settings.py", "x.png", "a" * 22 + ".svg", "a" * 22 + ".png", "starter-nope.png"])
def test_other_files_are_not_served(name: str) -> None:
    with pytest.raises(Http404):
        images.serve(RequestFactory().get("/i/x"), name)


def test_pictures_of_the_starters_are_served() -> None:
    assert fetch("starter-hills.png").startswith(b"\x89PNG")
