"""A mail of another system becomes a draft, what was done with it is said, and campaigns are taken along again."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from PIL import Image as Pillow

from accounts.egress import fetching as egress
from accounts.egress.guard import Guard
from accounts.models import User
from campaigns.content import blocks, playing
from campaigns.mail_imports import fetching
from campaigns.models import Campaign, Image
from tests.accounts.egress.test_fetching import Site, at, site
from tests.accounts.egress.test_guard import HERE, Names

Browser = Callable[[User], Client]
__all__ = ["site"]

MAIL = """<!doctype html><html><head><title>Spring</title>
<style>@media (max-width:600px){.w{width:100%!important}}</style></head>
<body><script>alert(1)</script><form><input></form><p>Hi *|FNAME|*, from *|MMERGE7|*</p><img src="images/a.png" alt="A">
<!--[if mso]><v:rect><v:fill src="images/a.png"/></v:rect><![endif]--><img src="gone.png">
<a href="*|UNSUB|*">Leave</a> *|LIST:ADDRESS|*</body></html>"""


@pytest.fixture(autouse=True)
def media(tmp_path: Path) -> Iterator[None]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


def png() -> bytes:
    drawn = io.BytesIO()
    Pillow.new("RGB", (40, 20), "red").save(drawn, "PNG")
    return drawn.getvalue()


def packed(mail: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mail.html", mail)
        archive.writestr("images/a.png", png())
        archive.writestr("images/unused.png", png())
    return SimpleUploadedFile("Spring.zip", out.getvalue())


def test_zip_file_becomes_a_draft_whose_pictures_are_in_the_library(client_for: Browser, marketer: User) -> None:
    client = client_for(marketer)
    page = client.post("/campaigns/import/", {"file": packed(MAIL)}, follow=True).content.decode()
    assert "from a ZIP file:" in page
    campaign, image = Campaign.objects.get(), Image.objects.get()
    address = f"https://news.nordlicht.example/i/{image.storage_name}"
    assert campaign.html == MAIL.replace("images/a.png", address)
    assert (campaign.name, campaign.subject, image.folder and image.folder.name) == ("Spring", "Spring", "Spring")
    for words in (
        "1 picture is in the library now, in the folder “Spring”",
        "These pictures did not come along: gone.png",
        "These elements were taken out: &lt;script&gt;, &lt;form&gt;, &lt;input&gt;",
        "*|FNAME|*",
        "{{ first_name }}",
        "Nothing like it: replace or remove it",
    ):
        assert words in page, words
    before = client.get(f"/campaigns/{campaign.pk}/import/mail/")
    assert before.content.decode() == campaign.html
    assert "sandbox" in before["Content-Security-Policy"]
    assert "script-src" not in before["Content-Security-Policy"]
    assert "default-src 'none'" in before["Content-Security-Policy"]


def test_tags_of_the_other_system_are_translated_when_asked_and_back(client_for: Browser, marketer: User) -> None:
    client = client_for(marketer)
    page = client.post("/campaigns/import/", {"source": MAIL}, follow=True).content.decode()
    assert " from pasted text" in page
    campaign = Campaign.objects.get()
    form = {"version": campaign.version, "imported": "1"}
    answer = client.post(f"/campaigns/{campaign.pk}/tags/", form)
    assert answer["Location"].startswith(f"/campaigns/{campaign.pk}/import/?translated=")
    campaign.refresh_from_db()
    assert "Hi {{ first_name }}, from *|MMERGE7|*" in campaign.html
    assert '<a href="{{ unsubscribe_url }}">Leave</a> {{ postal_address }}' in campaign.html
    page = client.get(answer["Location"]).content.decode()
    assert "Undo the translation" in page
    assert "Put them into our words" not in page


def test_tags_without_a_like_are_replaced_or_taken_out_without_reading_html(
    client_for: Browser, marketer: User
) -> None:
    client = client_for(marketer)
    source = "<p>(c) *|CURRENT_YEAR|* *|LIST:DESCRIPTION|* *|COUPON|*</p><p>*|CURRENT_YEAR|*</p>"
    page = client.post("/campaigns/import/", {"source": source}, follow=True).content.decode()
    assert 'aria-label="Instead of *|CURRENT_YEAR|*"' in page
    campaign = Campaign.objects.get()
    form = {"tag-0": "*|CURRENT_YEAR|*", "instead-0": "2026 & \0on", "tag-1": "*|LIST:DESCRIPTION|*", "out-1": "on"}
    form |= {"version": str(campaign.version), "imported": "1", "tag-2": "*|COUPON|*", "instead-2": ""}
    page = client.post(f"/campaigns/{campaign.pk}/tags/", form, follow=True).content.decode()
    assert "3 merge tags replaced." in page
    campaign.refresh_from_db()
    assert campaign.html == "<p>(c) 2026 &amp; on  *|COUPON|*</p><p>2026 &amp; on</p>"
    page = client.post(f"/campaigns/{campaign.pk}/tags/", {"imported": "1"}, follow=True).content.decode()
    assert "Nothing has changed" in page
    assert "Undo the translation" not in page


def test_mail_at_a_web_address_brings_its_pictures_when_asked(
    client_for: Browser, marketer: User, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trusting(limits: egress.Limits) -> egress.Client:
        open_to = egress.Limits(limits.seconds, limits.answer_bytes, 5, frozenset({site.server_port}), https_only=False)
        return egress.Client(open_to, Guard(HERE, Names(["127.0.0.1"])))

    monkeypatch.setattr(fetching, "Client", trusting)
    monkeypatch.setattr(fetching, "_secured", str)
    counter = io.BytesIO()
    Pillow.new("RGB", (1, 1)).save(counter, "GIF")
    html = '<title>Spring</title><p>Hi</p><img src="/a.png"><img src="count.gif"><a href="/more">More</a>'
    kind = {"Content-Type": "text/html; charset=utf-8"}
    site.answers("/mails/1", html.encode(), kind | {"Content-Length": str(len(html))})
    site.answers("/a.png", png())
    site.answers("/mails/count.gif", counter.getvalue())
    client = client_for(marketer)
    page = client.post("/campaigns/import/", {"address": at(site, "/mails/1")}, follow=True).content.decode()
    assert "2 pictures come" in page
    assert "shop.example" in page
    campaign = Campaign.objects.get()
    assert f'<a href="{at(site, "/more")}">' in campaign.html
    page = client.post(f"/campaigns/{campaign.pk}/import/pictures/", follow=True).content.decode()
    campaign.refresh_from_db()
    assert f'src="https://news.nordlicht.example/i/{Image.objects.get().storage_name}"' in campaign.html
    assert "1 picture copied into the library" in page
    assert "count.gif counts openings for another system" in page


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Choose a file, enter an address, or paste"),
        ({"address": "http://127.0.0.1/admin"}, "private"),
        ({"address": "https://169.254.169.254/latest"}, "169.254.169.254"),
        ({"source": "<mjml><mj-body><mj-what/></mj-body></mjml>"}, "there is no &lt;mj-what&gt; in MJML"),
        ({"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4")}, "This is no HTML file"),
        ({"file": SimpleUploadedFile("a.zip", b"PK\x03\x04")}, "damaged"),
    ],
)
def test_what_cannot_be_imported_says_why(
    client_for: Browser, marketer: User, sent: dict[str, object], words: str
) -> None:
    response = client_for(marketer).post("/campaigns/import/", sent)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Campaign.objects.exists()


def test_mjml_is_kept_beside_what_was_made_of_it(client_for: Browser, marketer: User) -> None:
    source = "<mjml><mj-body><mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section></mj-body></mjml>"
    client = client_for(marketer)
    page = client.post("/campaigns/import/", {"source": source}, follow=True).content.decode()
    campaign = Campaign.objects.get()
    assert "Compiled from MJML" in page
    assert client.get(f"/campaigns/{campaign.pk}/import/source/").content.decode() == source


def test_campaign_is_taken_along_as_html_zip_text_and_json_and_comes_back(client_for: Browser, marketer: User) -> None:
    client = client_for(marketer)
    client.post("/campaigns/import/", {"file": packed(MAIL)})
    first, image = Campaign.objects.get(), Image.objects.get()
    page = client.get(f"/campaigns/{first.pk}/download/html/")
    assert page["Content-Disposition"] == 'attachment; filename="spring.html"'
    assert image.storage_name in page.content.decode()
    assert "<script" not in page.content.decode()
    with zipfile.ZipFile(io.BytesIO(client.get(f"/campaigns/{first.pk}/download/zip/").content)) as archive:
        assert sorted(archive.namelist()) == [f"images/{image.storage_name}", "mail.html", "mail.txt"]
        assert f'src="images/{image.storage_name}"' in archive.read("mail.html").decode()
    assert "Hi *|FNAME|*" in client.get(f"/campaigns/{first.pk}/download/text/").content.decode()
    assert client.get(f"/campaigns/{first.pk}/download/json/").status_code == 404
    assert client.get(f"/campaigns/{first.pk}/download/nonsense/").status_code == 404

    shown = f"https://news.nordlicht.example/i/{image.storage_name}"
    video = [{"kind": "video", "image": shown, "url": "https://youtu.be/x"}, {"kind": "image", "image": shown}]
    film = Campaign.objects.create(name="Film", subject="S", blocks={"blocks": video})
    with zipfile.ZipFile(io.BytesIO(client.get(f"/campaigns/{film.pk}/download/zip/").content)) as archive:
        assert f'src="images/play-{image.storage_name}"' in archive.read("mail.html").decode()
        signed = archive.read(f"images/play-{image.storage_name}")
        assert signed == playing.played(image.storage_name) != archive.read(f"images/{image.storage_name}")

    document = blocks.empty()
    document["blocks"][1] |= {"text": "Spring has come", "saved": "7-0123abcd"}  # of nobody's where it comes back
    made = Campaign.objects.create(name="Blüten & more", subject="S", blocks=document, created_by=marketer)
    saved = client.get(f"/campaigns/{made.pk}/download/json/")
    assert json.loads(saved.content)["blocks"] == document
    client.post("/campaigns/import/", {"file": SimpleUploadedFile("x.json", saved.content)})
    back = Campaign.objects.latest("pk")
    document["blocks"][1].pop("saved")
    assert back.pk != made.pk
    assert (back.name, back.subject, back.blocks, back.content_kind) == ("Blüten & more", "S", document, "blocks")
