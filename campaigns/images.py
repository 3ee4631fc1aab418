"""Pictures in mails: taken in by drawing them anew, served from an address that never changes."""

from typing import IO

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from campaigns.models import Image


class Refused(ValueError):
    """Not a picture we take. Its text may be shown."""


def store(uploaded: IO[bytes], name: str, alt: str, by: User | None) -> Image:
    """Raises Refused."""
    raise NotImplementedError


def address(base: str, image: Image) -> str:
    return f"{base}/i/{image.storage_name}"


def serve(request: HttpRequest, name: str) -> HttpResponse:
    """Public: GET /i/<name>."""
    raise NotImplementedError
