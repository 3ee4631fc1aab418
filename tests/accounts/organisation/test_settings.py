import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import AuditEntry, Organisation, User
from accounts.organisation import public_address

Browser = Callable[[User], Client]
FORM = {
    "name": "Nordlicht",
    "postal_address": "Kai 1, Hamburg",
    "time_zone": "Europe/Lisbon",
    "sender_name": "Nordlicht",
    "sender_email": "post@nordlicht.example",
    "brand_colour": "#AA3300",
    "public_url": "https://news.nordlicht.example",
}


@pytest.fixture(autouse=True)
def _files_of_their_own(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's wrapper


def picture(kind: str = "PNG", size: tuple[int, int] = (1800, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#225588").save(out, kind)
    return out.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG that says it is larger than it is."""
    data = bytearray(picture())
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def test_saved_settings_are_used_and_audited(client_for: Browser, admin: User) -> None:
    assert client_for(admin).post("/settings/", FORM).headers["Location"] == "/settings/"
    saved = Organisation.objects.get()
    assert (saved.name, saved.brand_colour, saved.time_zone) == ("Nordlicht", "#aa3300", "Europe/Lisbon")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.user) == ("organisation.changed", admin)
    assert "name" in entry.detail["fields"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("brand_colour", "red;}", "six digits"),
        ("public_url", "news.nordlicht.example", "https://"),
        ("public_url", "https://localhost/mail", "no path"),
        ("public_url", "https://[::1", "name of the host"),
        ("public_url", "https://a-very-very-long-name.newsletters.nordlicht.example", "48 is the most"),
        ("name", "a\nb", "one line"),
    ],
)
def test_what_would_break_is_refused(client_for: Browser, admin: User, field: str, value: str, said: str) -> None:
    response = client_for(admin).post("/settings/", FORM | {field: value})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Organisation.objects.get().name == "Nordlicht Books"


def test_a_logo_is_drawn_anew_and_fits_its_box(client_for: Browser, admin: User) -> None:
    content = picture("JPEG") + b"<script>alert(1)</script>"
    client_for(admin).post("/settings/", FORM | {"new_logo": SimpleUploadedFile("../../evil.php", content)})
    name = Organisation.objects.get().logo
    stored = b"".join(client_for(admin).get(f"/i/{name}"))
    assert name.endswith(".png")
    assert b"script" not in stored
    assert Image.open(io.BytesIO(stored)).size == (1200, 200)
    client_for(admin).post("/settings/", FORM | {"without_logo": "on"})
    assert Organisation.objects.get().logo == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG is refused"),
        (picture()[:200], "damaged"),
        (picture(size=(9000, 9000)), "more than 40 million pixels"),
        (claiming(60_000, 60_000), "more than 40 million pixels"),
        (b"\x89PNG\r\n" + b"0" * 6_000_000, "larger than 5 MB"),
    ],
    ids=["svg", "truncated", "too many pixels", "a bomb", "too large"],
)
def test_what_is_no_logo_is_refused(client_for: Browser, admin: User, content: bytes, said: str) -> None:
    response = client_for(admin).post("/settings/", FORM | {"new_logo": SimpleUploadedFile("logo.png", content)})
    assert response.status_code == 422
    assert said in response.content.decode()


@pytest.mark.parametrize(
    ("address", "will_do"),
    [
        ("https://news.example.org", True),
        ("http://news.example.org", False),
        ("https://localhost", False),
        ("https://127.0.0.1:8000", False),
        ("https://192.168.1.5", False),
        ("https://mail.local", False),
        ("https://[::1]", False),
    ],
)
def test_real_mail_needs_a_public_https_address(address: str, will_do: bool) -> None:
    assert (public_address.why_not_for_real(address) is None) == will_do
