"""Pictures in a bucket, on a small server of our own that speaks as much of S3 as they need."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from django.http import Http404
from django.test import RequestFactory, override_settings
from PIL import Image as Pillow

from accounts.models import User
from accounts.pictures import files
from campaigns.content.images import library
from campaigns.content.images.serving import serve
from config import pictures


class Bucket(BaseHTTPRequestHandler):
    """PUT, GET, HEAD and DELETE of signed requests for /mails/<key>."""

    kept: ClassVar[dict[str, bytes]] = {}

    def do_PUT(self) -> None:
        self.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200)

    def do_GET(self) -> None:
        self._answer(200 if self.path in self.kept else 404, self.kept.get(self.path, b""))

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        self.kept.pop(self.path, None)
        self._answer(204)

    def _answer(self, status: int, body: bytes = b"") -> None:
        is_signed = self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256")
        self.send_response(status if is_signed else 403)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", "Sat, 28 Nov 2026 10:00:00 GMT")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_pictures_live_in_a_bucket_and_readers_load_them_from_its_address(marketer: User, bucket: str) -> None:
    environment = {"IMAGES_S3_BUCKET": "mails", "IMAGES_S3_ENDPOINT": bucket, "IMAGES_S3_REGION": "us-east-1"}
    drawn = io.BytesIO()
    Pillow.new("RGB", (40, 30), "red").save(drawn, "PNG")
    with override_settings(STORAGES={"images": pictures.storage(environment)}, IMAGES_URL="https://img.example/images"):
        image = library.store(io.BytesIO(drawn.getvalue()), "red.png", "Red", marketer)
        assert library.address("https://mail.example", image) == f"https://img.example/images/{image.storage_name}"
        request = RequestFactory().get("/i/")
        before = image.storage_name
        assert sorted(Bucket.kept) == [f"/mails/images/{before}", f"/mails/{image.original_path}"]
        assert serve(request, before).content.startswith(b"\x89PNG")
        library.change(image, crop=(0, 0, 10, 10), max_width=1_200, by=marketer)
        assert Pillow.open(io.BytesIO(serve(request, image.storage_name).content)).size == (10, 10)
        library.delete(image)
        with pytest.raises(Http404):
            serve(request, before)
        assert not files.kept().exists(image.original_path)
        assert not Bucket.kept


def test_without_a_bucket_they_live_on_the_disk() -> None:
    assert pictures.storage({}) == {"BACKEND": "django.core.files.storage.FileSystemStorage"}
