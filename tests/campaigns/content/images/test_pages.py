"""The library as people use it: many at once, folders, search, crop, replace, and what stays."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from PIL import Image as Pillow

from accounts.models import User
from campaigns.models import Campaign, Image, ImageFolder
from tests.web.stage import picture

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def media(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


def make(name: str, **fields: object) -> Image:
    values = {"storage_name": f"{name:a<22}.png", "width": 40, "height": 20, "size_bytes": 900}
    return Image.objects.create(name=name, **values | fields)


def named(client: Client, query: str) -> list[str]:
    return [image.name for image, _ in client.get(f"/images/{query}").context["pictures"]]


def test_of_many_files_each_bad_one_has_an_error_of_its_own(client_for: Browser, marketer: User) -> None:
    files = [picture(), SimpleUploadedFile("drawing.svg", b"<svg/>"), SimpleUploadedFile("cut.gif", b"GIF89a")]
    response = client_for(marketer).post("/images/upload/", {"picture": files})
    words = response.content.decode()
    assert response.status_code == 422
    assert "“drawing.svg”: SVG is refused" in words
    assert "“cut.gif”: This picture is damaged" in words or "“cut.gif”: This is not a picture" in words
    assert Image.objects.get().name == "blue.png"


def test_script_that_sends_one_by_one_gets_a_line_that_asks_what_it_shows(client_for: Browser, marketer: User) -> None:
    client = client_for(marketer)
    folder = ImageFolder.objects.create(name="Spring")
    sent = client.post("/images/upload/", {"picture": picture(), "folder": folder.pk}, headers={"X-Upload": "1"})
    image = Image.objects.get()
    assert f'action="/images/{image.pk}/"' in sent.content.decode()
    assert image.folder == folder
    about = {"name": "blue.png", "alt": "A blue field", "folder": folder.pk}
    assert client.post(f"/images/{image.pk}/", about, headers={"Accept": "application/json"}).json() == {
        "saved": "Saved"
    }
    image.refresh_from_db()
    assert (image.alt, image.lacks_alt) == ("A blue field", False)
    refused = client.post(
        "/images/upload/", {"picture": SimpleUploadedFile("x.svg", b"<svg/>")}, headers={"X-Upload": "1"}
    )
    assert refused.status_code == 422
    assert "SVG is refused" in refused.content.decode()


def test_decoration_has_no_words(client_for: Browser, marketer: User) -> None:
    image = make("line")
    client = client_for(marketer)
    both = client.post(f"/images/{image.pk}/", {"name": "line", "alt": "A line", "is_decorative": "on"})
    assert "It has a description" in both.content.decode()
    client.post(f"/images/{image.pk}/", {"name": "line", "alt": "", "is_decorative": "on"})
    image.refresh_from_db()
    assert not image.lacks_alt


def test_pictures_are_found_by_words_folder_and_order(client_for: Browser, marketer: User) -> None:
    client, folder = client_for(marketer), ImageFolder.objects.create(name="Spring")
    make("tulip", alt="A red flower", folder=folder, size_bytes=5)
    make("door", size_bytes=9)
    make("arch", size_bytes=7)
    assert named(client, "") == ["arch", "door", "tulip"]
    assert named(client, "?q=flower") == ["tulip"]
    assert named(client, f"?folder={folder.pk}") == ["tulip"]
    assert named(client, "?folder=none&sort=name") == ["arch", "door"]
    assert named(client, "?sort=largest") == ["door", "arch", "tulip"]
    assert named(client, "?sort=nonsense&page=x&folder=99") == ["arch", "door", "tulip"]


def test_chosen_pictures_move_into_a_new_folder_and_stay_when_it_goes(client_for: Browser, marketer: User) -> None:
    client, tulip = client_for(marketer), make("tulip")
    make("door")
    client.post("/images/move/", {"chosen": [tulip.pk, "x"], "new_folder": "Spring"})
    folder = ImageFolder.objects.get()
    assert [image.name for image in folder.images.all()] == ["tulip"]
    client.post(f"/images/folders/{folder.pk}/", {"name": "Summer"})
    assert "Summer" in client.get("/images/").content.decode()
    client.post(f"/images/folders/{folder.pk}/", {"delete": "1"})
    assert named(client, "") == ["door", "tulip"]


def test_refused_move_keeps_a_picture_ticked_that_others_pushed_to_the_next_page(
    client_for: Browser, marketer: User
) -> None:
    client, tulip, door = client_for(marketer), make("tulip"), make("door")
    for number in range(47):
        make(f"other-{number}")  # one of two came to the second page while they were being ticked
    assert "tulip" not in named(client, "")
    answer = client.post("/images/move/", {"chosen": [tulip.pk, door.pk], "new_folder": "x" * 81})
    page = BeautifulSoup(answer.content, "html.parser")
    ticked = {str(box["value"]) for box in page.select("[name=chosen][checked]")}
    assert ticked == {str(tulip.pk), str(door.pk)}
    assert len(page.select("[name=chosen]")) == 49
    client.post("/images/move/", {"chosen": list(ticked), "new_folder": "Spring"})
    assert ImageFolder.objects.get().images.count() == 2


def test_pictures_deleted_meanwhile_are_said_where_the_other_ticked_ones_are_moved(
    client_for: Browser, marketer: User
) -> None:
    client, tulip, door = client_for(marketer), make("tulip"), make("door")
    ticked = [tulip.pk, door.pk]
    door.delete()
    moved = client.post("/images/move/", {"chosen": ticked, "new_folder": "Spring"}, follow=True).content.decode()
    assert "1 picture moved into “Spring”. Of the 2 you ticked, 1 was deleted meanwhile." in moved
    tulip.delete()
    refused = client.post("/images/move/", {"chosen": ticked, "new_folder": "Summer"}).content.decode()
    assert "Nothing is moved yet: those you ticked are deleted meanwhile." in refused
    assert not ImageFolder.objects.filter(name="Summer")


def test_refused_move_keeps_what_was_chosen_and_says_why_beside_it(client_for: Browser, marketer: User) -> None:
    client, gone = client_for(marketer), ImageFolder.objects.create(name="Autumn")
    spring = ImageFolder.objects.create(name="Spring")
    tulip, _, other = make("tulip", folder=spring), make("rose", folder=spring), make("door")
    opened = f"/images/?folder={spring.pk}&sort=name"
    move = BeautifulSoup(client.get(opened).content, "html.parser").select_one("[data-behaviour=chosen]")
    assert move is not None

    def refused(**given: object) -> BeautifulSoup:
        answer = client.post(str(move["action"]), given)
        assert answer.status_code == 422
        return BeautifulSoup(answer.content, "html.parser")

    gone_id = gone.pk
    gone.delete()
    cases: list[tuple[dict[str, object], str, str]] = [
        ({"new_folder": "x" * 81}, "new_folder", "This is too long: it has 81 characters, and 80 fit. Shorten it."),
        ({"folder": gone_id}, "folder", "This folder is not there any more. Choose another one."),
    ]
    for given, field, reason in cases:
        page = refused(chosen=[tulip.pk], **given)
        assert [box["value"] for box in page.select("[name=chosen][checked]")] == [str(tulip.pk)]
        assert len(page.select("[name=chosen]")) == 2, "of the folder that was looked at"
        control = page.select_one(f"[data-chosen-bar] [name={field}]")
        assert control is not None
        assert control["aria-invalid"] == "true"
        beside = page.find(id=str(control["aria-describedby"]))
        assert beside is not None
        assert reason in beside.get_text()
        assert page.select_one(f".errors a[href='#{control['id']}']")
        assert control.get("value", "x" * 81) == "x" * 81
    none = refused(chosen=[], new_folder="Nothing").select_one(".errors")
    assert none is not None
    assert "tick the pictures first" in none.get_text()
    assert {image.folder for image in Image.objects.all()} == {spring, None}
    assert Image.objects.get(folder=None) == other


def test_crop_goes_no_further_than_the_picture(client_for: Browser, marketer: User) -> None:
    client = client_for(marketer)
    client.post("/images/upload/", {"picture": picture()})
    image = Image.objects.get()
    crop = {"left": 10, "top": 0, "width": 20, "height": 20, "focal_x": 80, "focal_y": 20, "max_width": 1200}
    refused = client.post(f"/images/{image.pk}/crop/", crop | {"width": 31})
    assert "the picture has 40 pixels there" in refused.content.decode()
    client.post(f"/images/{image.pk}/crop/", crop)
    image.refresh_from_db()
    assert (image.width, image.height, image.crop, image.focal_x) == (20, 20, [10, 0, 20, 20], 80)


def test_replaced_picture_is_shown_by_drafts_and_what_shows_it_is_linked(client_for: Browser, marketer: User) -> None:
    client = client_for(marketer)
    client.post("/images/upload/", {"picture": picture()})
    image = Image.objects.get()
    draft = Campaign.objects.create(name="Spring", html=f'<img src="https://mail.example/i/{image.storage_name}">')
    drawn = io.BytesIO()
    Pillow.new("RGB", (70, 50), "red").save(drawn, "PNG")
    new = SimpleUploadedFile("red.png", drawn.getvalue())
    said = client.post(f"/images/{image.pk}/replace/", {"picture": new}, follow=True).content.decode()
    assert "One draft shows it now" in said
    assert f'<a href="/campaigns/{draft.pk}/">' in said
    draft.refresh_from_db()
    image.refresh_from_db()
    assert image.storage_name in draft.html
    assert (image.width, image.height) == (70, 50)
    kept = client.post(f"/images/{image.pk}/delete/", follow=True).content.decode()
    assert "“Spring” would lose it" in kept
    assert Image.objects.exists()
    bad = client.post(f"/images/{image.pk}/replace/", {"picture": SimpleUploadedFile("x.svg", b"<svg/>")})
    assert (bad.status_code, "SVG is refused" in bad.content.decode()) == (422, True)
