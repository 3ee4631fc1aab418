"""Only pixels get in, and what got in is served for ever."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.http import Http404
from django.test import RequestFactory, override_settings
from PIL import Image as Pillow

from accounts.models import BrandKit, User
from accounts.pictures import files
from campaigns.content import playing
from campaigns.content.images import library as images
from campaigns.content.images import uses
from campaigns.content.images.serving import serve
from campaigns.models import Campaign, Edition, SavedBlock


@pytest.fixture(autouse=True)
def media(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


def picture(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object) -> BytesIO:
    out = BytesIO()
    Pillow.new(mode, size, "red").save(out, kind, **options)
    return BytesIO(out.getvalue())


def fetch(name: str) -> bytes:
    response = serve(RequestFactory().get(f"/i/{name}"), name)
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
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG is refused"),
        (b"%PDF-1.4", "This is a PDF"),
        (picture("PNG").getvalue()[:60], "damaged"),
        (picture("BMP").getvalue(), "Windows bitmaps"),
        (b"\0\0\0\x1cftypheic" + b"\0" * 40, "HEIC"),
        (b"PK\x03\x04", "ZIP"),
        (b"x" * (images.MAX_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(marketer: User, data: bytes, words: str) -> None:
    with pytest.raises(images.Refused, match=words):
        images.store(BytesIO(data), "x.png", "", marketer)


def test_picture_that_would_fill_the_memory_is_refused(marketer: User) -> None:
    with pytest.raises(images.Refused, match="pixels"):
        images.store(_bomb(), "x.png", "", marketer)


def test_second_picture_that_a_telephone_hides_behind_a_photo_does_not_make_it_move(marketer: User) -> None:
    photos = [Pillow.new("RGB", (40, 30), colour) for colour in ("red", "green")]
    out = BytesIO()
    photos[0].save(out, "MPO", save_all=True, append_images=photos[1:])
    stored = images.store(BytesIO(out.getvalue()), "x.jpg", "", marketer)
    assert (stored.storage_name[-3:], stored.frames) == ("jpg", 1)


@pytest.mark.parametrize("name", ["../settings.py", "x.png", "a" * 22 + ".svg", "a" * 22 + ".png", "starter-nope.png"])
def test_other_files_are_not_served(name: str) -> None:
    with pytest.raises(Http404):
        serve(RequestFactory().get("/i/x"), name)


def test_pictures_of_the_starters_are_served() -> None:
    assert fetch("starter-hills.png").startswith(b"\x89PNG")


def test_picture_that_lies_on_its_side_is_turned(marketer: User) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6  # the camera was held upright
    stored = images.store(picture("JPEG", exif=exif), "x.jpg", "", marketer)
    assert (stored.width, stored.height) == (30, 40)
    assert stored.whole == (30, 40)


def test_photo_saved_as_png_becomes_a_jpeg_and_a_drawing_stays_sharp(marketer: User) -> None:
    drawing = images.store(picture("PNG", (400, 300)), "drawing.png", "", marketer)
    colours = [Pillow.radial_gradient("L"), Pillow.linear_gradient("L"), Pillow.effect_noise((256, 256), 60)]
    out = BytesIO()
    Pillow.merge("RGB", colours).save(out, "PNG")
    photo = images.store(BytesIO(out.getvalue()), "photo.png", "", marketer)
    assert (drawing.storage_name[-3:], photo.storage_name[-3:]) == ("png", "jpg")
    assert photo.size_bytes < len(out.getvalue()) / 2


def _two_halves() -> BytesIO:
    whole = Pillow.new("RGB", (200, 100), "red")
    whole.paste("blue", (100, 0, 200, 100))
    out = BytesIO()
    whole.save(out, "PNG")
    return BytesIO(out.getvalue())


def test_crop_keeps_the_original_and_reaches_drafts_alone(marketer: User) -> None:
    image = images.store(_two_halves(), "flag.png", "A flag", marketer)
    before = image.storage_name
    blocks_draft = Campaign.objects.create(
        name="Blocks", blocks={"blocks": [{"kind": "image", "image": f"https://mail.example/i/{before}"}]}
    )
    html_draft = Campaign.objects.create(name="HTML", html=f'<img src="https://mail.example/i/{before}">')
    edition = Edition.objects.create(
        campaign=html_draft,
        sender_name="A",
        sender_email="a@b.example",
        subject="S",
        html=f"<img src=/i/{before}>",
        text="",
    )
    saved = SavedBlock.objects.create(name="Hours", blocks=blocks_draft.blocks["blocks"])
    assert images.change(image, crop=(100, 0, 100, 100), max_width=50, by=marketer) == 2
    drawn = Pillow.open(BytesIO(fetch(image.storage_name))).convert("RGB")
    assert (drawn.size, drawn.getpixel((0, 0))) == ((50, 50), (0, 0, 255))
    for draft in (blocks_draft, html_draft):
        draft.refresh_from_db()
    assert image.storage_name in html_draft.html
    saved.refresh_from_db()
    assert image.storage_name in str(blocks_draft.blocks)
    assert saved.blocks == blocks_draft.blocks["blocks"]
    assert html_draft.version == 2
    edition.refresh_from_db()
    assert before in edition.html
    assert Pillow.open(BytesIO(fetch(before))).size == (200, 100)

    images.change(image, crop=(0, 0, 200, 100), max_width=1200, by=marketer)
    assert image.crop is None
    assert (image.width, image.height) == (200, 100)


def test_what_is_shown_stays_and_what_is_not_is_deleted(marketer: User) -> None:
    image = images.store(_two_halves(), "flag.png", "A flag", marketer)
    first = image.storage_name
    draft = Campaign.objects.create(name="Spring", html=f'<img src="https://mail.example/i/{first}">')
    images.replace(image, picture("PNG"), marketer)
    with pytest.raises(images.InUse) as refused:
        images.delete(image)
    assert [(use.kind, use.name) for use in refused.value.uses] == [("Draft", "Spring")]
    draft.delete()
    brand = BrandKit.objects.create(name="Shop", logo_on_dark=image.storage_name)
    assert [use.kind for use in uses.of(image)] == ["Logo"]
    brand.delete()
    shown = {"kind": "image", "image": f"https://mail.example/i/{image.storage_name}"}
    saved = SavedBlock.objects.create(name="Hours", blocks=[{"kind": "columns", "columns": [[shown]]}])
    assert [(use.kind, use.name, use.url) for use in uses.of(image)] == [
        ("Saved block", "Hours", f"/saved-blocks/{saved.pk}/")
    ]
    with pytest.raises(images.InUse):
        images.delete(image)
    saved.delete()
    second, original = image.storage_name, image.original_path
    assert playing.played(second)
    images.delete(image)
    for path in (files.public_path(first), files.public_path(second), playing.path(second), original):
        assert not files.kept().exists(path)


def test_child_that_is_killed_is_a_picture_refused(marketer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(images.Refused, match="within what one picture may use"):
        images.store(picture("PNG"), "x.png", "", marketer)
